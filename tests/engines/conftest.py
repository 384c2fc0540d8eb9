"""Tests that need an engine are collected where it is installed: see scripts/engines.sh."""

from __future__ import annotations

import os
from importlib.util import find_spec

# Before anything imports the hub: no test asks it for anything.
os.environ["HF_HUB_OFFLINE"] = "1"

NEEDED = {
    "test_huggingface.py": "transformers",
    "test_gliner.py": "gliner",
    "test_gliner_loader.py": "gliner",
    "test_llm.py": "spacy_llm",
}
collect_ignore = [name for name, package in NEEDED.items() if find_spec(package) is None]
