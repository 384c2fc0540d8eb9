"""Models of the Hugging Face Hub, or of a folder: where they are, and which revision."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from annotate.errors import PipelineError

# Weights as tensors only, tokenizers and configurations: no pickles, no code.
FILES = ("*.safetensors", "*.json", "*.txt", "*.model")


@cache
def folder_of(model: str) -> Path:
    """The folder of ``model``: a path, or ``owner/name`` of the hub, fetched if need be.

    ``owner/name@revision`` asks for one revision. Asked once a process, so that all
    languages get the same. Raises PipelineError when it has no safetensors weights or
    isn't there.
    """
    folder = Path(model)
    if not folder.is_dir():
        if model.startswith((".", "/", "~")) or model.count("/") > 1:
            raise PipelineError("there is no such folder.")
        folder = _fetched(model)
    if not any(folder.glob("*.safetensors")):
        raise PipelineError(
            "it has no safetensors weights, and others are not read: they may run code. "
            "docs/engines.md says how to convert a model that you trust."
        )
    return folder


def revision_of(model: str) -> str:
    """The commit of a hub's model; for a folder, a digest of what its files hold."""
    if not Path(model).is_dir():
        return folder_of(model).name
    digest = hashlib.sha256()
    for path in sorted(Path(model).rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(model).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _fetched(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    name, _, revision = model.partition("@")
    try:
        return Path(snapshot_download(name, revision=revision or None, allow_patterns=[*FILES]))
    except LocalEntryNotFoundError:
        raise PipelineError(
            "no such folder, and the hub can't be reached (or HF_HUB_OFFLINE is set)."
        ) from None
    except (HfHubHTTPError, HFValidationError) as error:
        first = str(error).strip().partition("\n")[0]
        raise PipelineError(f"no such folder, and the hub says: {first}") from None
