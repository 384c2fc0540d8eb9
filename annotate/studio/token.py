"""Which kind of Label Studio credential a key is, and what a 401 means for it.

Kinds and answers as seen on Label Studio 1.23.2: a legacy token is 40 hex
digits and may be switched off for the organization; a personal access token is
a JWT *refresh* token; a JWT *access* token lives five minutes and is no key.
"""

import re
from typing import Literal

import jwt

Kind = Literal["legacy token", "personal access token", "access token", "unknown"]

_LEGACY = re.compile(r"[0-9a-f]{40}")


def token_kind(key: str) -> Kind:
    """The kind of credential, judged by its form alone."""
    if _LEGACY.fullmatch(key):
        return "legacy token"
    try:
        claims = jwt.decode(key, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return "unknown"
    match claims.get("token_type"):
        case "refresh":
            return "personal access token"
        case "access":
            return "access token"
        case _:
            return "unknown"


def explain_unauthorized(key: str, detail: str) -> str:
    """Why the server said 401 or 403, and what to do; never repeats the key."""
    kind = token_kind(key)
    lowered = detail.lower()
    if "legacy token authentication has been disabled" in lowered:
        return (
            "legacy tokens are switched off in this organization: use a personal access token "
            "(Account & Settings), or let an administrator switch legacy tokens on."
        )
    match kind:
        case "access token":
            return (
                "this is a JWT access token, which lives five minutes: use the personal access "
                "token (the refresh token) from Account & Settings."
            )
        case "personal access token":
            return (
                "the personal access token is revoked, expired or of another server: make a new "
                "one in Account & Settings."
            )
        case "legacy token":
            return "the server doesn't know this legacy token: is it of another server or user?"
        case _:
            return (
                "the key is neither a legacy token (40 hex digits) nor a personal access token: "
                "copy it again from Account & Settings."
            )
