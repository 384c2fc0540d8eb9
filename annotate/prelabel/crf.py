"""Decides PERSON, ORG and COUNTRY with a small trained model, and says how sure it is.

A conditional random field (python-crfsuite) a language, trained on the project's own
corpus by ``training/build.py``, or on a user's gold by ``spacy train``. The rules'
suggestions are among its features: it learns where to believe them. For a language
without a model the rules stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Lock
from typing import Any

import pycrfsuite
from spacy.language import Language
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example

import annotate.prelabel.extensions  # noqa: F401  (registers Span._.score)
from annotate.corpus.language import base_language
from annotate.prelabel.calibration import FILE, Calibration, load, read
from annotate.prelabel.countries import code_of
from annotate.prelabel.crf_file import opened
from annotate.prelabel.features import Features
from annotate.prelabel.lexicon import Lexicon, lexicon_of
from annotate.prelabel.lines import token_tables
from annotate.prelabel.merge import COUNTRY

MODELS = Path(__file__).parent / "models"
# The model's name in the component's folder of a pipeline.
MODEL = "model.crf"
# Where the components before leave what they suggest, under the names of features.
CHANNELS = {"n": "names", "k": "countries"}


@Language.factory(
    "annotate_crf",
    requires=["doc.sents"],
    assigns=["doc.ents", "token.ent_type", "token.ent_iob", "span._.score"],
    default_config={"language": "xx"},
)
def make_crf(nlp: Language, name: str, language: str) -> Crf:
    """Make the component for texts in ``language`` (ISO 639 code)."""
    base = base_language(language)
    model = MODELS / f"{base}.crf"
    found = model if base.isalpha() and model.is_file() else None
    return Crf(found, language, lexicon_of(nlp, language), load(MODELS))


class Crf:
    """Replaces ``doc.ents`` by the labeller's decision; without a model changes nothing.

    ``span._.score`` is the probability of the span's least sure token, calibrated, and
    ``kb_id_`` the code that the country list has for a COUNTRY. ``doc._.missed`` is how
    many names are expected among the tokens outside of spans.
    """

    def __init__(
        self, model: Path | None, language: str, lexicon: Lexicon, calibration: Calibration
    ) -> None:
        self.calibration = calibration
        self.language = language
        self.lexicon = lexicon
        self._all = Features()
        self._use(model)

    def _use(self, model: Path | None) -> None:
        self.tagger = opened(model) if model else None
        self._model = model.read_bytes() if model else None
        self._weighted = Features(weighted(self.tagger)) if self.tagger else self._all

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the text and the tokens are not touched."""
        if self.tagger is None:
            return doc
        features = self._of(doc, self._weighted)
        codes = {(span.start, span.end): span.kb_id_ for span in _channel(doc, "countries")}
        found: list[Span] = []
        missed = 0.0
        for sentence in doc.sents:
            self.tagger.set(features[sentence.start : sentence.end])
            tags = self.tagger.tag()
            missed += sum(1 - self.tagger.marginal("O", at) for at in _outside(tags))
            for start, end, label in spans_of(tags):
                first, last = sentence.start + start, sentence.start + end
                if not any(sign.isalnum() for sign in doc[first:last].text):
                    continue  # a ruled line is no name
                least = min(self.tagger.marginal(tags[at], at) for at in range(start, end))
                score = self.calibration.score(label, least)
                code = codes.get((first, last), "") if label == COUNTRY else ""
                found.append(_span(doc, first, last, label, score, code, self.language))
        doc.ents = found
        doc._.missed = self.calibration.missed * missed
        return doc

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language,
        # spaCy reads the annotation and knows no name but Python's own.
        languages: list[str] | None = None,
    ) -> None:
        """Train on the reference docs of these languages, its own unless given.

        ``spacy train`` calls it. The same docs in the same order give the same model.
        """
        from annotate.prelabel.crf_training import train

        wanted = frozenset(languages or [self.language])
        with TemporaryDirectory() as folder:
            path = Path(folder, MODEL)
            train(self, nlp, (eg.reference for eg in get_examples()), path, wanted)
            self._use(path)

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Precision, recall and F1 of ``doc.ents``, by spaCy's own rule."""
        return get_ner_prf(examples)

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write model and calibration into a folder."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(self.calibration.to_json(), "utf-8", newline="\n")
        if self._model is not None:
            (folder / MODEL).write_bytes(self._model)

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> Crf:
        """Read what :meth:`to_disk` wrote; ValueError when the model is not whole."""
        model = Path(path, MODEL)
        self.calibration = read(Path(path))
        self._use(model if model.is_file() else None)
        return self

    def features(self, doc: Doc) -> list[list[str]]:
        """The features of each token that a model is trained on, with weights or without."""
        return self._of(doc, self._all)

    def _of(self, doc: Doc, features: Features) -> list[list[str]]:
        channels = {short: _channel(doc, name) for short, name in CHANNELS.items()}
        return features.of(doc, token_tables(doc, self.lexicon), channels)


# Only one thread at a time may put another file in the place of stdout.
_DUMPING = Lock()


def weighted(tagger: pycrfsuite.Tagger) -> frozenset[str] | None:
    """The features that a model has weights for; it ignores all others.

    Not ``Tagger.info``, which fails on a feature with a line break in it (0.9.12). None
    where the dump isn't written as we read it: then the model gets all features.
    """
    # Given a path it closes its file twice (0.9.12), the second time perhaps another thread's
    # of the same number: a connection of `annotate serve`. To stdout it closes a copy, once.
    with _DUMPING, TemporaryFile() as file:
        with redirect_stdout(TextIOWrapper(file, "utf-8")) as out:
            tagger.dump()
        out.detach()
        file.seek(0)
        dump = file.read().decode("utf-8")
    block = dump.partition("\nATTRIBUTES = {")[2].partition("\n}\n\nTRANSITIONS = {")[0]
    found = frozenset(re.split(r"\n +\d+: ", block)[1:])
    count = re.search(r"\n +num_attrs: (\d+)\n", dump)
    return found if count and int(count[1]) == len(found) else None


def _outside(tags: Sequence[str]) -> Iterator[int]:
    return (at for at, tag in enumerate(tags) if tag == "O")


def spans_of(tags: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Start, end and label of the spans that IOB2 tags say; a stray I- begins one."""
    start, label = 0, ""
    for index, tag in enumerate((*tags, "O")):
        if label and (tag[0] != "I" or tag[2:] != label):
            yield start, index, label
            label = ""
        if tag != "O" and not label:
            start, label = index, tag[2:]


def _channel(doc: Doc, name: str) -> list[Span]:
    return list(doc.spans[name]) if name in doc.spans else []


def _span(
    doc: Doc, start: int, end: int, label: str, score: float, code: str, language: str
) -> Span:
    text = doc[start:end].text
    if label == COUNTRY and not code:
        code = code_of(text, language) or ""
    span = Span(doc, start, end, label, kb_id=code)
    span._.score = round(score, 4)
    return span
