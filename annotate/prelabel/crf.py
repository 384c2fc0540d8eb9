"""Decides PERSON, ORG and COUNTRY with a small trained model, and says how sure it is.

A conditional random field (python-crfsuite) a language, trained on the project's
own corpus by ``training/build.py``. The rules' suggestions are among its features:
it learns where to believe them. For a language without a model the rules stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pycrfsuite
from spacy.language import Language
from spacy.tokens import Doc, Span

import annotate.prelabel.extensions  # noqa: F401  (registers Span._.score)
from annotate.prelabel.countries import code_of
from annotate.prelabel.features import token_features
from annotate.prelabel.lexicon import Lexicon
from annotate.prelabel.lines import token_tables
from annotate.prelabel.merge import COUNTRY

MODELS = Path(__file__).parent / "models"
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
    base = language.replace("_", "-").partition("-")[0].lower()
    model = MODELS / f"{base}.crf"
    tagger = None
    if base.isalpha() and model.is_file():
        tagger = pycrfsuite.Tagger()
        # Not open_inmemory: it doesn't keep the bytes alive (segfault with 0.9.12).
        tagger.open(str(model))
    return Crf(tagger, language, Lexicon(language, nlp.make_doc))


class Crf:
    """Replaces ``doc.ents`` by the labeller's decision; without a model changes nothing.

    ``span._.score`` is the probability of the span's least sure token, and
    ``kb_id_`` the code that the country list has for a COUNTRY.
    """

    def __init__(self, tagger: pycrfsuite.Tagger | None, language: str, lexicon: Lexicon) -> None:
        self.tagger = tagger
        self.language = language
        self.lexicon = lexicon

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.ents``; the text and the tokens are not touched."""
        if self.tagger is None:
            return doc
        features = self.features(doc)
        codes = {(span.start, span.end): span.kb_id_ for span in _channel(doc, "countries")}
        found: list[Span] = []
        for sentence in doc.sents:
            self.tagger.set(features[sentence.start : sentence.end])
            tags = self.tagger.tag()
            for start, end, label in spans_of(tags):
                first, last = sentence.start + start, sentence.start + end
                score = min(self.tagger.marginal(tags[at], at) for at in range(start, end))
                code = codes.get((first, last), "") if label == COUNTRY else ""
                found.append(_span(doc, first, last, label, score, code, self.language))
        doc.ents = found
        return doc

    def features(self, doc: Doc) -> list[list[str]]:
        """What the model sees of each token; training asks for the same."""
        channels = {short: _channel(doc, name) for short, name in CHANNELS.items()}
        return token_features(doc, token_tables(doc, self.lexicon), channels)


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
