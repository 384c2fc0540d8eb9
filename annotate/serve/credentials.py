"""Who may ask: a user with a password, and the secret that webhooks carry.

From the environment, else made once and kept in a file that only its owner can read,
so that `annotate connect` finds what `annotate serve` expects.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, SecretStr, ValidationError

from annotate.errors import CallError
from annotate.studio import server

USER, PASSWORD, SECRET = (
    "ANNOTATE_SERVE_USER",
    "ANNOTATE_SERVE_PASSWORD",
    "ANNOTATE_SERVE_SECRET",
)
# Label Studio lets a webhook have headers of its own.
SECRET_HEADER = "X-Annotate-Secret"  # noqa: S105  (its name)


class Credentials(NamedTuple):
    """A repr hides the secrets; ``chosen``: the password is the user's own."""

    user: str
    password: SecretStr
    secret: SecretStr
    chosen: bool


class _Kept(BaseModel):
    password: SecretStr
    secret: SecretStr


def path() -> Path:
    """Beside the embedded server's folder: not in a project's, which may be published."""
    return server.folder().parent / "serve" / "credentials.json"


def credentials(environ: Mapping[str, str] = os.environ) -> Credentials:
    """The environment's, else the file's, which is made when missing.

    Raises CallError for what HTTP's basic authentication can't carry, and for a file
    that can't be read.
    """
    user, password, secret = (environ.get(name, "") for name in (USER, PASSWORD, SECRET))
    # Label Studio sends them in Latin-1, and a colon ends the user.
    for name, value in ((USER, user), (PASSWORD, password), (SECRET, secret)):
        if not (value.isascii() and value.isprintable()) or (name == USER and ":" in value):
            raise CallError(f"{name}: use printable ASCII letters, and no colon in the user.")
    kept = None if password and secret else _kept()
    return Credentials(
        user or "annotate",
        SecretStr(password) if password or kept is None else kept.password,
        SecretStr(secret) if secret or kept is None else kept.secret,
        bool(password),
    )


def _kept() -> _Kept:
    file = path()
    made = {"password": secrets.token_urlsafe(24), "secret": secrets.token_urlsafe(24)}
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whole and private from its first byte, and of two that make it one wins.
        part = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
        part.touch(mode=0o600)
        part.write_text(json.dumps(made), "utf-8")
        with suppress(FileExistsError):
            os.link(part, file)
        part.unlink()
        return _Kept.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise CallError(
            f"{file}: can't be used ({type(error).__name__}). Remove it, or set {PASSWORD} "
            f"and {SECRET}."
        ) from None
