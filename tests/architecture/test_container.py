"""The Dockerfile by reading: no engine is needed, and none of its promises can be broken unnoticed."""

import fnmatch
import re
import shlex
from dataclasses import dataclass

from tests.architecture.checkout import PACKAGES, ROOT
from tests.architecture.test_lock import declared, entries

BASE = "debian:bookworm-slim"


@dataclass(frozen=True)
class Instruction:
    """One instruction of the Dockerfile, its continuation lines joined; `stage` is the name of its stage."""

    stage: str
    name: str
    argument: str


def instructions() -> list[Instruction]:
    """The Dockerfile's instructions in order."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: list[Instruction] = []
    stage = ""
    for line in text.replace("\\\n", " ").splitlines():
        name, _, argument = line.strip().partition(" ")
        if name == "FROM":
            words = argument.split()
            stage = words[2] if len(words) == 3 else "image"
        if name:
            found.append(Instruction(stage, name, " ".join(argument.split())))
    return found


def arguments(name: str, *, stage: str | None = None) -> list[str]:
    return [step.argument for step in instructions() if step.name == name and stage in (None, step.stage)]


def copied_from_the_checkout() -> list[str]:
    sources = []
    for argument in arguments("COPY"):
        words = shlex.split(argument)
        if not any(word.startswith("--from=") for word in words):
            sources += [word for word in words[:-1] if not word.startswith("--")]
    return sources


def reaches_the_builder(path: str) -> bool:
    """Whether .dockerignore lets this path through; the last pattern that matches decides."""
    let_through = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            wanted = pattern.startswith("!")
            if fnmatch.fnmatch(path, pattern.lstrip("!").removeprefix("**/")):
                let_through = wanted
    return let_through


def test_image_is_debian_and_nothing_else_is_fetched_by_address() -> None:
    stages = {argument.split()[2] for argument in arguments("FROM") if " AS " in argument}
    assert {argument.split()[0] for argument in arguments("FROM")} - stages == {BASE}
    assert arguments("ADD") == []
    assert not any("://" in step.argument for step in instructions())


def test_every_copied_file_exists_and_reaches_the_builder() -> None:
    sources = copied_from_the_checkout()
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not reaches_the_builder(source)] == []


def test_every_package_and_what_the_build_needs_is_copied() -> None:
    needed = {*PACKAGES, "pyproject.toml", "README.md", "LICENSE", "requirements.lock"}
    assert needed <= set(copied_from_the_checkout())


def test_nothing_else_reaches_the_builder() -> None:
    assert not any(
        reaches_the_builder(name) for name in (".git", ".venv", "var", "tests", "docs", "secret.pem")
    )


def test_dependencies_come_from_the_lock_with_hashes() -> None:
    installs = [argument for argument in arguments("RUN") if "pip install" in argument]
    assert len(installs) == 2
    assert "--require-hashes --requirement requirements.lock" in installs[0]
    assert "--no-deps --no-build-isolation ." in installs[1]


def test_only_what_was_installed_for_the_build_is_taken_out_again() -> None:
    (step,) = [argument for argument in arguments("RUN", stage="build") if "pip uninstall" in argument]
    taken_out = set(step.partition("pip uninstall --yes")[2].partition("&&")[0].split()) - {"pip"}
    assert taken_out
    assert taken_out <= entries("requirements.lock").keys()
    assert taken_out.isdisjoint(requirement.name for requirement in declared())


def test_bytecode_is_in_the_image_whatever_the_builder_says() -> None:
    steps = [
        " ".join(argument.split()) for argument in arguments("RUN", stage="build") if "compileall" in argument
    ]
    assert len(steps) == 1
    assert steps[0].count("env --unset=PYTHONDONTWRITEBYTECODE /opt/pantau/bin/python -m compileall") == 2
    assert steps[0].index("pip install --no-deps") < steps[0].index("compileall")


def test_processes_do_not_run_as_root() -> None:
    users = arguments("USER", stage="image")
    assert users
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", users[-1])
    last_run = max(i for i, step in enumerate(instructions()) if step.name == "RUN")
    user = max(i for i, step in enumerate(instructions()) if step.name == "USER")
    assert user > last_run


def test_one_image_serves_every_process_and_keeps_its_data_in_a_volume() -> None:
    assert arguments("ENTRYPOINT") == ['["pantau"]']
    assert arguments("VOLUME") == ["/var/lib/pantau"]
    assert any("PANTAU_HOME=/var/lib/pantau" in argument for argument in arguments("ENV", stage="image"))


def test_an_extra_ca_is_taken_for_the_build_and_stays_out_of_the_image() -> None:
    taking = [step for step in instructions() if step.name == "RUN" and "extra-ca" in step.argument]
    assert [step.stage for step in taking] == ["build"]
    assert taking[0].argument.index("update-ca-certificates") < taking[0].argument.index("pip install")
    from_build = [argument for argument in arguments("COPY", stage="image") if "--from=build" in argument]
    assert from_build == ["--from=build /opt/pantau /opt/pantau"]
