"""The files of deploy/ name only commands that exist, listen on loopback and drop what they do not need."""

import configparser
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from pantau.home import Settings
from tests.architecture.checkout import ROOT, named
from tests.architecture.reference import wrong

COMPOSE = ROOT / "deploy" / "compose.yaml"
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def composed() -> dict[str, Any]:
    """The content of compose.yaml, merge keys resolved."""
    found = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def services() -> dict[str, Any]:
    """The services of compose.yaml."""
    found: dict[str, Any] = composed()["services"]
    return found


def unit(path: Path) -> configparser.SectionProxy:
    """The [Service] section of a systemd unit."""
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # the documented way to keep case
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser["Service"]


def test_every_process_of_ours_runs_the_one_image_on_the_one_volume() -> None:
    ours = {name: service for name, service in services().items() if service["image"] == "pantau-mpp"}
    assert ours.keys() == {"dashboard", "pantau"}
    for service in ours.values():
        assert service["build"] == {"context": ".."}
        assert "data:/var/lib/pantau" in service["volumes"]


@pytest.mark.parametrize("name", services())
def test_service_gives_up_what_it_does_not_need(name: str) -> None:
    service = services()[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"]


@pytest.mark.parametrize("name", services())
def test_port_is_published_on_loopback_or_not_at_all(name: str) -> None:
    published = services()[name].get("ports", [])
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert bool(published) == (name == "dashboard")


def test_dashboard_in_a_container_is_started_by_a_command_that_exists() -> None:
    assert wrong(services()["dashboard"]["command"]) is None


def test_database_is_reached_from_inside_only_and_its_password_stands_in_no_variable() -> None:
    assert composed()["networks"]["inside"] == {"internal": True}
    assert services()["database"]["networks"] == ["inside"]
    named = services()["database"]["environment"]
    assert [name for name in named if "PASSWORD" in name] == ["POSTGRES_PASSWORD_FILE"]
    secrets = composed()["secrets"]
    for service in services().values():
        assert set(service["secrets"]) <= set(secrets)
        assert not any("://" in str(value) for value in service["environment"].values())


def test_secret_of_the_store_has_the_name_that_settings_are_read_by() -> None:
    process = services()["pantau"]
    assert process["environment"]["PANTAU_SECRETS_DIR"] == "/run/secrets"
    prefix = Settings.model_config.get("env_prefix", "")
    assert {name.removeprefix(prefix.lower()) for name in process["secrets"]} <= set(Settings.model_fields)


@pytest.mark.parametrize("path", UNITS, ids=named)
def test_unit_starts_a_command_that_exists_as_a_user_of_its_own(path: Path) -> None:
    service = unit(path)
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/pantau/bin/pantau"
    assert wrong(words) is None
    assert service["User"] == "pantau"
    assert "--address" not in words or words[words.index("--address") + 1] == "127.0.0.1"


def test_every_timer_starts_a_unit_that_exists() -> None:
    timers = sorted((ROOT / "deploy" / "systemd").glob("*.timer"))
    assert timers
    assert [timer.name for timer in timers if timer.with_suffix(".service") not in UNITS] == []


@pytest.mark.parametrize("path", UNITS, ids=named)
def test_unit_gives_up_what_it_does_not_need(path: Path) -> None:
    service = unit(path)
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
