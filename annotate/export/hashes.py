"""Which files an export stems from, and under which rules, as SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from annotate.config import FILE_NAME, Settings
from annotate.errors import InputError
from annotate.formats.records import replacing
from annotate.ledger import Ledger
from annotate.shipped import shipped

GUIDELINES = "guidelines.md"
# What `annotate pull` writes beside its gold: the account of what it left out.
PULL_ACCOUNT = ".pull.json"


class _Refused(TypedDict):
    where: str
    what: str


class _Account(TypedDict):
    """What the card takes from a pull's account; there is more in it."""

    counts: NotRequired[dict[str, int]]
    refused: NotRequired[list[_Refused]]


_ACCOUNT = TypeAdapter(_Account)


def hashes(settings: Settings, folder: Path) -> dict[str, str]:
    """Those of the label config and guidelines in force, and of annotate.toml if there is one."""
    guidelines = folder / GUIDELINES
    if not guidelines.is_file():
        guidelines = shipped(GUIDELINES)
    found = {
        "label_config": settings.schema_in_force().sha256,
        "guidelines": _hash(guidelines),
    }
    config = folder / FILE_NAME
    if config.is_file():
        found[FILE_NAME] = _hash(config)
    return found


def sources(files: Mapping[str, Path]) -> dict[str, str]:
    """Those of the gold files, by part."""
    return {part: _hash(path) for part, path in files.items()}


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error}.") from error


def write_pull_account(ledger: Ledger, gold: Path, **more: str) -> None:
    """Keep a pull's account beside its gold, for the manifests of its exports."""
    account = {key: value for key, value in ledger.as_dict().items() if key != "stage"}
    with replacing(gold.with_suffix(PULL_ACCOUNT)) as part:
        part.write_text(json.dumps(more | account, ensure_ascii=False, indent=2) + "\n", "utf-8")


def pull_accounts(files: Mapping[str, Path]) -> dict[str, Any]:
    """What the pulls that made the gold files left out, by part, where they said so.

    Raises InputError when such an account can't be read, or is something else.
    """
    found = {}
    for part, path in files.items():
        account = path.with_suffix(PULL_ACCOUNT)
        if not account.exists():
            continue
        try:
            found[part] = json.loads(account.read_text("utf-8"))
            _ACCOUNT.validate_python(found[part])
        except ValidationError as error:
            raise InputError(
                f"{account} is no account of a pull. Pull again, or put that file elsewhere."
            ) from error
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"{account} can't be read: {error}. Pull again.") from error
    return found
