"""Kinds of keys, and what a 401 means for each."""

import jwt
import pytest

from annotate.studio.token import explain_unauthorized, token_kind

SECRET = "k" * 32
REFRESH = jwt.encode({"token_type": "refresh", "exp": 9999999999}, SECRET)
ACCESS = jwt.encode({"token_type": "access", "exp": 9999999999}, SECRET)
LEGACY = "0123456789abcdef" * 2 + "01234567"


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (LEGACY, "legacy token"),
        (REFRESH, "personal access token"),
        (ACCESS, "access token"),
        (jwt.encode({"sub": "x"}, SECRET), "unknown"),
        ("hello", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_kind_is_told_by_form(key: str, kind: str) -> None:
    assert token_kind(key) == kind


def test_disabled_legacy_tokens_are_named_as_the_reason() -> None:
    detail = "Authentication: legacy token authentication has been disabled for this organization"
    assert "switched off" in explain_unauthorized(LEGACY, detail)


@pytest.mark.parametrize("key", [LEGACY, REFRESH, ACCESS, "hello"])
def test_no_explanation_repeats_the_key(key: str) -> None:
    assert key not in explain_unauthorized(key, "Invalid token.")
