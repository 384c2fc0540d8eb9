"""How long `annotate train` takes, against bare `spacy train` on the same config.

    python -m bench.train [runs]

Trains English from ten texts of corpus/campaign and the project's own corpus. The two take
turns in one run, each a process of its own with the same config and corpora; medians. Then
the whole of one call, from gold to a model that was tested.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from annotate import api
from annotate.config import load_settings
from annotate.formats import inline
from annotate.ledger import Ledger
from annotate.train import spacy_train
from annotate.train.config import training_config
from annotate.train.rehearsal import corpus

TEXTS = Path(__file__).parents[1] / "corpus" / "campaign" / "id"


def main() -> None:
    """Print both medians, their ratio, and the whole call's seconds."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = load_settings(folder, environ={})
        schema = settings.schema_in_force()
        gold = [it.model_copy(update={"language": "en"}) for it in list(inline.read(TEXTS))[:10]]
        learnt = [*gold, *corpus("train", schema)]
        corpora = {part: folder / f"{part}.spacy" for part in ("train", "dev")}
        spacy_train.write_corpus(learnt, corpora["train"], Ledger("bench"))
        spacy_train.write_corpus(gold[:1], corpora["dev"], Ledger("bench"))
        config = training_config("en", schema, corpora)
        config.to_disk(folder / "config.cfg")
        ours, bare = [], []
        for run in range(runs):
            start = time.perf_counter()
            spacy_train.train(config, folder / f"work{run}", folder / f"en{run}", lambda line: None)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            command = [sys.executable, "-m", "spacy", "train", str(folder / "config.cfg")]
            out = str(folder / f"bare{run}")
            subprocess.run([*command, "--output", out], check=True, capture_output=True)
            bare.append(time.perf_counter() - start)
        one, other = statistics.median(ours), statistics.median(bare)
        print(f"training {one:.1f} s, bare spacy train {other:.1f} s, ratio {one / other:.3f}")
        start = time.perf_counter()
        done = api.train(gold, settings.models / "whole", settings=settings, promote=True)
        whole = time.perf_counter() - start
        print(f"whole call, tested and promoted ({bool(done.promoted)}): {whole:.1f} s")


if __name__ == "__main__":
    main()
