"""Which files an export stems from, and under which rules, as SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotate.config import FILE_NAME, Settings
from annotate.errors import InputError
from annotate.formats.records import replacing
from annotate.ledger import Ledger
from annotate.shipped import shipped

GUIDELINES = "guidelines.md"
# What `annotate pull` writes beside its gold: the account of what it left out.
PULL_ACCOUNT = ".pull.json"


def hashes(settings: Settings, folder: Path) -> dict[str, str]:
    """Those of the label config and guidelines in force, and of annotate.toml if there is one."""
    guidelines = folder / GUIDELINES
    if not guidelines.exists():
        guidelines = shipped(GUIDELINES)
    found = {
        "label_config": settings.schema_in_force().sha256,
        "guidelines": hashlib.sha256(guidelines.read_bytes()).hexdigest(),
    }
    config = folder / FILE_NAME
    if config.exists():
        found[FILE_NAME] = hashlib.sha256(config.read_bytes()).hexdigest()
    return found


def sources(files: Mapping[str, Path]) -> dict[str, str]:
    """Those of the gold files, by part."""
    found = {}
    for part, path in files.items():
        with path.open("rb") as file:
            found[part] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def write_pull_account(ledger: Ledger, gold: Path, **more: str) -> None:
    """Keep a pull's account beside its gold, for the manifests of its exports."""
    account = {key: value for key, value in ledger.as_dict().items() if key != "stage"}
    with replacing(gold.with_suffix(PULL_ACCOUNT)) as part:
        part.write_text(json.dumps(more | account, ensure_ascii=False, indent=2) + "\n", "utf-8")


def pull_accounts(files: Mapping[str, Path]) -> dict[str, Any]:
    """What the pulls that made the gold files left out, by part, where they said so.

    Raises InputError when such an account can't be read.
    """
    found = {}
    for part, path in files.items():
        account = path.with_suffix(PULL_ACCOUNT)
        if not account.exists():
            continue
        try:
            found[part] = json.loads(account.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{account} can't be read: {error}. Pull again.") from error
    return found
