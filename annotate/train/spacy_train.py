"""One run of ``spacy train``, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from thinc.api import Config, prefer_gpu

from annotate import __version__
from annotate.document import Document
from annotate.errors import ModelError
from annotate.formats import spacy as docbin
from annotate.ledger import Ledger

Say = Callable[[str], object]
LOG = "spacy-train.log"


def write_corpus(documents: Iterable[Document], path: Path, ledger: Ledger) -> None:
    """Documents as the DocBin that a config names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    own = Ledger("corpus")
    docbin.write(documents, path, own)
    for what, number in own.counts.items():
        if what.startswith("entities ") and number:
            ledger.counts[f"{what}, in the training corpus"] += number


def train(config: Config, folder: Path, target: Path, say: Say) -> None:
    """Run ``spacy train`` in ``folder``; the best pipeline goes to ``target``.

    ``say`` gets each line that spaCy prints. Raises ModelError with its last line when it fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config.to_disk(folder / "config.cfg")
    # -P: a file of the working folder must not pass for spaCy.
    command = [sys.executable, "-P", "-m", "spacy", "train", str(folder / "config.cfg")]
    command += ["--output", str(folder / "out")]
    if prefer_gpu():
        command += ["--gpu-id", "0"]
    log = folder / LOG
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            # Its colours are for a terminal.
            env=os.environ | {"NO_COLOR": "1", "ANSI_COLORS_DISABLED": "1"},
        )
        try:
            for line in process.stdout or ():
                file.write(line)
                say(line.rstrip())
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
    if code:
        lines = [line for line in log.read_text("utf-8").splitlines() if line.strip()]
        raise ModelError(
            f"spacy train failed ({code}): {lines[-1] if lines else 'it said nothing'}"
        )
    best = folder / "out" / "model-best"
    _describe(best)
    best.rename(target)


def _describe(pipeline: Path) -> None:
    """Say in the pipeline's meta what it needs, and nothing in its config of where it was made.

    ``spacy package`` reads the one; the other would differ between two equal trainings.
    """
    path = pipeline / "meta.json"
    meta = json.loads(path.read_text("utf-8"))
    meta["requirements"] = [f"annotate-gold>={__version__}"]
    meta["description"] = "Entities and relations, trained by annotate."
    path.write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", "utf-8")
    config = Config().from_disk(pipeline / "config.cfg", interpolate=False)
    config["paths"] |= {"train": "train.spacy", "dev": "dev.spacy"}
    # A base's tokenizer and vocabulary are in the pipeline now.
    config["initialize"]["before_init"] = None
    for settings in config["initialize"]["components"].values():
        settings.pop("model", None)
    config.to_disk(pipeline / "config.cfg")
