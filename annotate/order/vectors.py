"""Texts as sparse vectors of their character n-grams, for any script."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from annotate.split.duplicates import ngrams

# About 100 MB for the vectors and their transpose. Beyond it only the n-grams whose hash
# is divisible by a power of two count: the same sample in every text, so that
# similarities stay what they are on average (Broder 1997, "On the resemblance and
# containment of documents").
MOST = 4_000_000


def vectors(texts: Sequence[str]) -> csr_matrix:
    """One row a text, of length 1 (0 for a text without a letter or sign); TF-IDF, binary TF.

    The product of two rows is the similarity of the texts, 0 to 1. Blanks, case and
    variants of spelling make no difference.
    """
    grams = [ngrams(text) for text in texts]
    sampled = _sampled(grams)
    known, columns = np.unique(np.concatenate([*sampled, _NONE]), return_inverse=True)
    starts = np.cumsum([0, *map(len, sampled)])
    shape = (len(texts), max(1, len(known)))
    counts = np.bincount(columns, minlength=shape[1])
    # Of texts that all share a gram, it still tells something where there are few texts.
    weights = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)
    matrix = csr_matrix((weights[columns], columns, starts), shape=shape)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(starts)).astype(np.float32)
    return matrix


_NONE = np.empty(0, np.uint32)


def _sampled(grams: list[NDArray[np.uint32]]) -> list[NDArray[np.uint32]]:
    """Every n-gram, or where they are too many those of a share of all hashes."""
    modulus = 1
    while sum(map(len, grams)) / modulus > MOST:
        modulus *= 2
    return [mine[mine % modulus == 0] for mine in grams]
