"""spaCy's own commands on a DocBin of ours: its check of training data, and training."""

import re
import subprocess
import sys
from pathlib import Path

import spacy

from annotate.formats import Codec, inline
from annotate.ledger import Ledger
from tests.formats.audit import is_plain

CORPUS = Path(__file__).parents[2] / "corpus" / "train"
# All that `debug data` may warn of: how few these documents are, and how alike.
FEW = (
    "Low number of examples to train",
    "Low number of examples for",
    "No examples for texts WITHOUT",
)
SUMMARY = re.compile(r"[⚠✘] \d+ (warning|error)s?")


def run(*arguments: str | Path) -> str:
    """What a spaCy command prints; it may end with 1 where there is little data."""
    done = subprocess.run(
        [sys.executable, "-m", "spacy", *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def make_config(folder: Path, pipe: str, module: Codec) -> list[str | Path]:
    """Export own documents of two languages; arguments that name them and a configuration."""
    paths: list[str | Path] = []
    for part, numbers in (("train", slice(0, 12)), ("dev", slice(12, 16))):
        documents = [
            document
            for language in ("bn", "en")
            for document in [*inline.read(CORPUS / language)][numbers]
            if is_plain(document)
        ]
        path = folder / f"{part}.spacy"
        ledger = Ledger("export")
        module.write(documents, path, ledger)
        assert not ledger.losses
        paths += [f"--paths.{part}", path]
    tokenizer = {"@tokenizers": "annotate.Tokenizer.v1"}
    nlp = spacy.blank("xx", config={"nlp": {"tokenizer": tokenizer}})
    nlp.add_pipe(pipe)
    config = nlp.config
    config["corpora"]["train"]["gold_preproc"] = True
    config["corpora"]["dev"]["gold_preproc"] = True
    config["training"].update({"max_steps": 2, "eval_frequency": 1})
    config.to_disk(folder / "config.cfg")
    return [folder / "config.cfg", *paths]


def debug_data(folder: Path, pipe: str, module: Codec) -> str:
    """What `spacy debug data` says, once it finds no fault but how few they are."""
    said = run("debug", "data", *make_config(folder, pipe, module))
    assert "Corpus is loadable" in said
    bad = [line for line in said.splitlines() if "⚠" in line or "✘" in line or "[W" in line]
    odd = [line for line in bad if not SUMMARY.search(line)]
    assert not [line for line in odd if not any(few in line for few in FEW)], said
    return said
