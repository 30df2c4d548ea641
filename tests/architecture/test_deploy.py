"""The files of deploy/ name only commands that exist, listen on loopback and drop what they do not need."""

import configparser
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.checkout import ROOT, named
from tests.architecture.test_reference import COMMANDS

COMPOSE = ROOT / "deploy" / "compose.yaml"
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def services() -> dict[str, Any]:
    """The services of compose.yaml, merge keys resolved."""
    found = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    assert isinstance(found, dict)
    return found


def unit(path: Path) -> configparser.SectionProxy:
    """The [Service] section of a systemd unit."""
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # the documented way to keep case
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser["Service"]


def accepted(words: list[str]) -> bool:
    """Whether the first word is a command and each option of the others is one of its options."""
    command = COMMANDS.get(f"pantau {words[0]}")
    options = [word for word in words[1:] if word.startswith("--")]
    known = {name for param in command.params for name in param.opts} if command else set()
    return command is not None and set(options) <= known


def test_every_service_runs_the_one_image_without_capabilities() -> None:
    for service in services().values():
        assert service["image"] == "pantau-mpp"
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"]
        assert "data:/var/lib/pantau" in service["volumes"]


def test_the_dashboard_in_a_container_is_published_on_loopback_only() -> None:
    dashboard = services()["dashboard"]
    assert all(port.startswith("127.0.0.1:") for port in dashboard["ports"])
    assert accepted(dashboard["command"])


@pytest.mark.parametrize("path", UNITS, ids=named)
def test_unit_starts_a_command_that_exists_as_a_user_of_its_own(path: Path) -> None:
    service = unit(path)
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/pantau/bin/pantau"
    assert accepted(words)
    assert service["User"] == "pantau"
    assert "--address" not in words or words[words.index("--address") + 1] == "127.0.0.1"


@pytest.mark.parametrize("path", UNITS, ids=named)
def test_unit_gives_up_what_it_does_not_need(path: Path) -> None:
    service = unit(path)
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
