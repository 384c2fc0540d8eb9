"""The attributes that our components add to spaCy's objects; importing registers them."""

from spacy.tokens import Doc, Span

# How sure a component is of a span, 0 to 1; None where it does not say.
Span.set_extension("score", default=None, force=True)

# Suggested relations, a tuple of annotate.prelabel.relations.Suggestion.
Doc.set_extension("relations", default=(), force=True)

# How many names a component expects to have missed; None where it does not say.
Doc.set_extension("missed", default=None, force=True)

# What a component could not suggest, and how often: overlaps, names not in the text.
Doc.set_extension("left_out", default={}, force=True)
