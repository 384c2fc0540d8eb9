"""Speed and memory of the built-in pre-labelling, against the bare tokenizer.

    python -m bench.prelabel [documents]

Words are what stands between blanks; the texts are those of corpus/. The first half
of a language's texts warms the caches up, the other half is timed.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import spacy

from annotate.config import load_settings
from annotate.document import Document
from annotate.formats import inline
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import TOKENIZER, load
from annotate.prelabel.suggest import prelabel

CORPUS = Path(__file__).parents[1] / "corpus" / "train"


def speed(process: Callable[[str], object], texts: Sequence[str]) -> float:
    """Words a second over the second half of the texts."""
    half = len(texts) // 2
    for text in texts[:half]:
        process(text)
    start = time.perf_counter()
    for text in texts[half:]:
        process(text)
    return sum(len(text.split()) for text in texts[half:]) / (time.perf_counter() - start)


def lines_of(texts: dict[str, list[str]], count: int) -> Iterator[Document]:
    """``count`` short documents, each with words that no other has."""
    lines = [
        (language, line)
        for language, own in texts.items()
        for text in own
        for line in text.splitlines()
        if line
    ]
    for number in range(count):
        language, line = lines[number % len(lines)]
        yield Document(id=str(number), text=f"{line} x{number} y{number}", language=language)


def main() -> None:
    """Print words a second by language, then the memory over growing runs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    settings = load_settings(CORPUS)
    schema = settings.schema_in_force()
    texts = {
        folder.name: [document.text for document in inline.read(folder)]
        for folder in sorted(CORPUS.iterdir())
        if folder.is_dir()
    }
    for language, own in texts.items():
        start = time.perf_counter()
        nlp = load(language, settings, schema)
        loaded = time.perf_counter() - start
        bare = spacy.blank("xx", config=TOKENIZER)
        tokens, whole = speed(bare, own), speed(nlp, own)
        print(
            f"{language}: tokenizer {tokens:9,.0f} words/s, pipeline {whole:7,.0f} words/s "
            f"(1/{tokens / whole:.0f}), loaded in {loaded:.2f} s"
        )
    process = psutil.Process()
    step = max(1, count // 5)
    start = time.perf_counter()
    ledger = Ledger("bench")
    for number, _ in enumerate(prelabel(lines_of(texts, count), settings, schema, ledger), 1):
        if number % step == 0:
            gc.collect()
            rss = process.memory_info().rss / 2**20
            pace = number / (time.perf_counter() - start)
            print(f"{number:7,} documents: {rss:6.1f} MB resident, {pace:5,.0f} documents/s")


if __name__ == "__main__":
    main()
