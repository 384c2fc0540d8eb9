"""The whole loop on a real server: push, review, pull, train, promote, push again."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from annotate import api
from annotate.config import load_settings
from annotate.models import serving
from annotate.studio.client import Client
from tests.campaign import PAGE, PROJECT, PUSHED, ROUND, run, thirds


@pytest.mark.server
@pytest.mark.timeout(1800)
def test_a_campaign_needs_fewer_edits_as_it_goes(real_studio: Client, tmp_path: Path) -> None:
    rounds = list(run(real_studio, tmp_path))
    assert len(rounds) == PUSHED // ROUND
    first, last = thirds(rounds)
    assert last <= 0.6 * first
    # Every promotion is seen in the version that suggests in the next round.
    for before, after in pairwise(rounds):
        changed = before.version != after.version
        assert changed == before.promoted
    assert rounds[0].version.startswith("annotate-")
    assert rounds[0].promoted
    settings = load_settings(tmp_path, environ={})
    served = serving.read(settings.models).languages
    assert rounds[-1].version.startswith(served["id"])
    # Nothing was lost on the way: every text comes back, with the gold that was submitted.
    pulled = api.pull(project=PROJECT, studio=real_studio, settings=settings)
    assert pulled.ledger.clean
    assert len(pulled.documents) == PUSHED
    # The page tells of this very campaign.
    told = re.findall(r"^ *\d+ to \d+ +\S+ +(\d+\.\d) ", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [float(one) for one in told] == pytest.approx(
        [one.per_document for one in rounds], abs=1
    )
