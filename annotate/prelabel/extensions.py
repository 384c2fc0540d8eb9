"""The attributes that our components add to spaCy's objects; importing registers them."""

from spacy.tokens import Doc, Span

# How sure a component is of a span, 0 to 1; None where it does not say.
Span.set_extension("score", default=None, force=True)

# Suggested relations, a tuple of annotate.prelabel.relations.Suggestion.
Doc.set_extension("relations", default=(), force=True)
