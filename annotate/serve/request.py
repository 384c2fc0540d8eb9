"""What a request is checked for before anything is done: who asks, how much, and is it JSON."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import Any

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from annotate.serve.credentials import SECRET_HEADER, Credentials


def is_user(request: Request, credentials: Credentials) -> bool:
    """Whether the request has the right user and password."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    right = f"{credentials.user}:{credentials.password.get_secret_value()}".encode()
    return hmac.compare_digest(given, right) and scheme.lower() == "basic"


def knows_secret(request: Request, credentials: Credentials) -> bool:
    """Whether the request carries the webhooks' secret."""
    given = request.headers.get(SECRET_HEADER, "").encode("latin-1", "replace")
    return hmac.compare_digest(given, credentials.secret.get_secret_value().encode())


async def read_json(request: Request, limit: int) -> dict[str, Any]:
    """The body, a JSON object of at most ``limit`` bytes.

    Raises HTTPException 413 as soon as it is known to be longer, 400 when it is none.
    """
    raw = bytearray()
    declared = request.headers.get("Content-Length", "")
    _check(int(declared) if declared.isdecimal() else 0, limit)
    async for part in request.stream():
        raw += part
        _check(len(raw), limit)
    try:
        # A large one takes a while, in which others want an answer.
        found = await run_in_threadpool(json.loads, bytes(raw))
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is no JSON") from None
    if not isinstance(found, dict):
        raise HTTPException(400, "the body is no JSON object")
    return found


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise HTTPException(413, f"the body is longer than {limit} bytes")
