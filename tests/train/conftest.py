"""A small project, and a model trained in it once for all tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from annotate import api
from annotate.config import Settings, load_settings
from annotate.document import Document
from annotate.formats import inline
from annotate.shipped import shipped
from annotate.train.train import Trained

CORPUS = Path(__file__).parents[2] / "corpus"


def campaign(first: int, last: int) -> list[Document]:
    """Indonesian texts of the corpus by number, a language without a model that ships."""
    return list(inline.read(CORPUS / "campaign" / "id"))[first - 1 : last]


def small_project(folder: Path) -> Settings:
    """Settings of a folder whose label set has a label that the corpus lacks.

    So nothing is rehearsed, and a training takes seconds.
    """
    config = shipped("label_config.xml").read_text("utf-8")
    more = config.replace('<Label value="ORG"', '<Label value="EVENT"/>\n<Label value="ORG"')
    (folder / "label_config.xml").write_text(more, "utf-8")
    return load_settings(folder, environ={})


@pytest.fixture(scope="session")
def _trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Trained]:
    folder = tmp_path_factory.mktemp("project")
    settings = small_project(folder)
    done = api.train(campaign(1, 24), settings.models / "first", settings=settings)
    return folder, done.result


@pytest.fixture
def project(_trained: tuple[Path, Trained], tmp_path: Path) -> Settings:
    """A copy of the project with the model ``first``, which doesn't serve."""
    shutil.copytree(_trained[0], tmp_path / "project")
    return load_settings(tmp_path / "project", environ={})


@pytest.fixture
def trained(_trained: tuple[Path, Trained]) -> Trained:
    """What the training of ``first`` returned."""
    return _trained[1]
