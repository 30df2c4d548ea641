"""An installation with some applications in it, for tests that only read."""

from pathlib import Path

import pytest

from pantau.home import Settings
from tests.e2e.cases import some_cases, write, write_mapping
from tests.services.command import Installed, install

REGISTRY = Path(__file__).parents[1] / "registries" / "permits-nl.csv"
CASES, BAD = 100, 10
VARIABLES = ("PANTAU_SECRETS_DIR", *(f"PANTAU_{name.upper()}" for name in Settings.model_fields))


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ``cases.csv``, of which every tenth row is rejected, and ``mapping.yaml``."""
    folder = tmp_path_factory.mktemp("files")
    write(folder / "cases.csv", some_cases(CASES, bad_every=CASES // BAD))
    write_mapping(folder / "mapping.yaml")
    return folder


@pytest.fixture(scope="session")
def filled(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Installation that took ``cases.csv`` in. Read it only."""
    home = tmp_path_factory.mktemp("filled") / "home"
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        installed = install(home)
        installed("import", files / "cases.csv", "--mapping", files / "mapping.yaml", "--max-rejected", "1")
    return installed
