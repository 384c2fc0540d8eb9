"""Speed and memory of the built-in pre-labelling, beside the bare tokenizer and bare NER.

    python -m bench.prelabel [documents]

Words are what stands between blanks, seconds those of the processor, all threads
together: the figures are those of one core, whatever else runs. The texts are those of
corpus/train; the first half of a language's texts warms the caches up, the other half
is timed. The bare NER is spaCy's own: the same tokenizer and an ``ner`` component with
its default network, trained here for a moment, since its speed doesn't depend on how
good its weights are.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.util import filter_spans, fix_random_seed

from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.formats import inline
from annotate.ledger import Ledger
from annotate.prelabel.pipeline import TOKENIZER, load
from annotate.prelabel.suggest import prelabel

CORPUS = Path(__file__).parents[1] / "corpus" / "train"
# Texts that the bare NER is trained on, once through.
EXAMPLES = 20
POINTS = 10


def speed(process: Callable[[str], object], texts: Sequence[str]) -> float:
    """Words a second over the second half of the texts."""
    half = len(texts) // 2
    for text in texts[:half]:
        process(text)
    start = time.process_time()
    for text in texts[half:]:
        process(text)
    return sum(len(text.split()) for text in texts[half:]) / (time.process_time() - start)


def bare_ner(documents: Sequence[Document]) -> Language:
    """spaCy's NER behind our tokenizer, trained on a few of the documents."""
    fix_random_seed(0)
    nlp = spacy.blank("xx", config=TOKENIZER)
    nlp.add_pipe("ner")
    examples = []
    for document in documents[:EXAMPLES]:
        gold = nlp.make_doc(document.text)
        spans = [
            gold.char_span(it.start, it.end, it.label, alignment_mode="expand")
            for it in document.entities
        ]
        gold.ents = filter_spans([span for span in spans if span])
        examples.append(Example(nlp.make_doc(document.text), gold))
    nlp.initialize(lambda: examples)
    nlp.update(examples)
    return nlp


def print_speed(language: str, documents: Sequence[Document], settings: Settings) -> None:
    """One line: words a second of tokenizer, NER and pipeline, and their ratios."""
    texts = [document.text for document in documents]
    start = time.process_time()
    nlp = load(language, settings, settings.schema_in_force())
    loaded = time.process_time() - start
    tokenizer = speed(spacy.blank("xx", config=TOKENIZER), texts)
    ner = speed(bare_ner(documents), texts)
    pipeline = speed(nlp, texts)
    print(
        f"{language}: tokenizer {tokenizer:7,.0f} words/s, NER {ner:6,.0f}, pipeline "
        f"{pipeline:6,.0f}: 1/{tokenizer / pipeline:.1f} of the tokenizer, "
        f"{pipeline / ner:.1f} times the NER; loaded in {loaded:.2f} s",
        flush=True,
    )


def short_documents(texts: dict[str, list[Document]], count: int) -> Iterator[Document]:
    """``count`` documents of one line, each with words that no other has."""
    lines = [
        (language, line)
        for language, own in texts.items()
        for document in own
        for line in document.text.splitlines()
        if line
    ]
    for number in range(count):
        language, line = lines[number % len(lines)]
        yield Document(id=str(number), text=f"{line} x{number} y{number}", language=language)


def print_memory(texts: dict[str, list[Document]], count: int, settings: Settings) -> None:
    """The resident memory at ten points of one run, and how it grew behind the second."""
    process, ledger = psutil.Process(), Ledger("bench")
    step = max(1, count // POINTS)
    resident: list[float] = []
    start = time.process_time()
    suggested = prelabel(
        short_documents(texts, count), settings, settings.schema_in_force(), ledger
    )
    for number, _ in enumerate(suggested, 1):
        if number % step == 0:
            gc.collect()
            resident.append(process.memory_info().rss / 2**20)
            pace = number / (time.process_time() - start)
            print(
                f"{number:7,} documents: {resident[-1]:6.1f} MB resident, {pace:5,.0f} documents/s",
                flush=True,
            )
    early, last = resident[1], resident[-1]
    print(
        f"memory from 20 % to the end: {early:.1f} to {last:.1f} MB, "
        f"{last - early:+.1f} MB ({last / early - 1:+.1%})"
    )


def main() -> None:
    """Print words a second by language, then the memory over one long run."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    settings = load_settings(CORPUS)
    texts = {
        folder.name: list(inline.read(folder))
        for folder in sorted(CORPUS.iterdir())
        if folder.is_dir()
    }
    for language, documents in texts.items():
        print_speed(language, documents, settings)
    print_memory(texts, count, settings)


if __name__ == "__main__":
    main()
