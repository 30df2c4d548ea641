"""A version of a contract means one text: nobody changes it without giving it a new number."""

from __future__ import annotations

import pytest

from checks.compile import CONTRACTS, load_contract

LOCK = CONTRACTS["transactions"].parent / "versions.lock"
LINES = [tuple(line.split()) for line in LOCK.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract_is_the_one_that_its_version_stands_for(name: str) -> None:
    contract = load_contract(name)
    line = (name, contract.version, contract.digest)
    assert line in LINES, (
        f"{CONTRACTS[name].name} is not the text that versions.lock has for {name} {contract.version}. If it was "
        "released with that version, raise its version ('pantau contract diff' says by how much) and add this "
        f"line to versions.lock: {' '.join(line)}"
    )


def test_version_has_one_text_and_the_last_line_is_the_contract() -> None:
    assert all(len(line) == 3 for line in LINES)
    assert len({line[:2] for line in LINES}) == len(LINES)
    assert {line[0] for line in LINES} == {*CONTRACTS}
    for name in CONTRACTS:
        versions = [tuple(map(int, version.split("."))) for of, version, _ in LINES if of == name]
        assert versions == sorted(versions)
        assert versions[-1] == tuple(map(int, load_contract(name).version.split(".")))
