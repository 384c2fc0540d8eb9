"""Raw text in: read it, name its language, find its sentences, cut it to size."""

from annotate.corpus.cut import cut, cut_points, stitch
from annotate.corpus.language import detector
from annotate.corpus.read import read
from annotate.corpus.sentences import sentence_spans

__all__ = ["cut", "cut_points", "detector", "read", "sentence_spans", "stitch"]
