"""The locks hold every dependency with hashes, name no address, and the smaller agrees with the larger."""

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.checkout import ROOT

RUNTIME = "requirements.lock"
EVERYTHING = "requirements-dev.lock"
SHA256 = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(lock: str) -> dict[str, list[tuple[Requirement, int]]]:
    """The lock's pins by package name, each with its number of hashes; several where Pythons differ."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line.split(" --hash", 1)[0].strip())
            found.setdefault(canonicalize_name(requirement.name), []).append(
                (requirement, len(SHA256.findall(line)))
            )
    return found


def declared(*groups: str) -> list[Requirement]:
    """What pyproject.toml asks for: the dependencies, the spark extra and these dependency groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    if "dev" in groups:
        wanted += project["project"]["optional-dependencies"]["spark"]
    for group in groups:
        wanted += [line for line in project["dependency-groups"][group] if isinstance(line, str)]
    return [Requirement(line) for line in wanted]


@pytest.mark.parametrize(("lock", "groups"), [(RUNTIME, ("build",)), (EVERYTHING, ("build", "dev"))])
def test_lock_satisfies_every_declared_dependency(lock: str, groups: tuple[str, ...]) -> None:
    locked = entries(lock)
    unmet = []
    for wanted in declared(*groups):
        pins = locked.get(canonicalize_name(wanted.name), [])
        versions = [next(iter(pin.specifier)).version for pin, _ in pins]
        if not versions or not all(wanted.specifier.contains(found) for found in versions):
            unmet.append(f"{wanted} has {versions}")
    assert unmet == [], "pyproject.toml has changed: run make lock"


@pytest.mark.parametrize("lock", [RUNTIME, EVERYTHING])
def test_every_pin_is_exact_and_hashed(lock: str) -> None:
    loose = [
        str(pin)
        for pins in entries(lock).values()
        for pin, hashes in pins
        if [clause.operator for clause in pin.specifier] != ["=="] or hashes == 0
    ]
    assert loose == []


@pytest.mark.parametrize("lock", [RUNTIME, EVERYTHING])
def test_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert [mark for mark in ("://", "file:", "--index", "--find-links", " @ ") if mark in text] == []


def test_the_smaller_lock_is_part_of_the_larger() -> None:
    larger = {str(pin) for pins in entries(EVERYTHING).values() for pin, _ in pins}
    smaller = {str(pin) for pins in entries(RUNTIME).values() for pin, _ in pins}
    assert smaller <= larger


def test_what_the_tests_run_on_is_what_the_lock_names() -> None:
    environment = {key: str(value) for key, value in default_environment().items()}
    differing = []
    for name, pins in entries(EVERYTHING).items():
        for pin, _ in pins:
            if pin.marker is None or pin.marker.evaluate(environment):
                installed = version(name)
                if not pin.specifier.contains(installed, prereleases=True):
                    differing.append(f"{pin}: {installed} is installed")
    assert differing == []
