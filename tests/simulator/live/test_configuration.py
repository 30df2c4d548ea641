"""What is written for the exporter can be used by it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from exporters.collecting.config import load_config
from metrics.regions import indonesia
from simulator.live.systems import SYSTEMS
from tests.simulator.live.live import serving


def test_configuration_passes_and_names_every_outlet_and_page(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            config = load_config(live.written.config, indonesia())
            assert config.simulated
            assert {source.id for source in config.sources} == {
                f"{region}/{record_set}" for region, record_set in live.simulation.outlets
            }
            assert len(config.sources) == live.written.sources
            assert {target.region for target in config.targets} == set(live.simulation.world.places)
            assert {source.kind for source in config.sources} == {system.kind for system in SYSTEMS}

    asyncio.run(run())


def test_system_that_pushes_has_no_source(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path, exporter="http://127.0.0.1:9") as live:
            pushed = [one.place.code for one in live.simulation.outlets.values() if one.system.kind == "push"]
            text = live.written.config.read_text(encoding="utf-8")
            assert pushed
            assert "mppi-transactions" not in text

    asyncio.run(run())


def test_secrets_stand_in_files_only_their_owner_can_list(tmp_path: Path) -> None:
    async def run() -> None:
        async with serving(tmp_path) as live:
            secrets = [path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()]
            assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
            text = live.written.config.read_text(encoding="utf-8")
            assert len(secrets) == 6
            assert not [secret for secret in secrets if secret in text]

    asyncio.run(run())
