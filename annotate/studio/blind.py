"""Which documents people get without suggestions, to learn what suggestions do to them."""

from __future__ import annotations

import hashlib

# Part of the choice: another salt would choose other documents.
_SALT = "annotate-blind"


def is_blind(document_id: str, share: float) -> bool:
    """Whether the document is of that share (0 to 1) of all ids.

    The same id is chosen on every machine, and stays so when the share grows.
    """
    digest = hashlib.sha256(f"{_SALT}\0{document_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
