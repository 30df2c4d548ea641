"""No file of the project names a package registry, a machine or a place that only one machine has."""

import re

from tests.architecture.checkout import named, project_files, project_texts

# written in pieces, or this file would be its own finding
REGISTRIES = tuple(
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("debian", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("gcr", "io"),
        ("mcr", "microsoft"),
        ("public", "ecr"),
        ("crates", "io"),
        ("proxy", "golang"),
        ("shields", "io"),
        ("badge", "fury"),
    )
)
ONE_MACHINE = re.compile(r"(?<![\w.~{}$*/-])/(?:work|root|tmp|home/\w+|Users/\w+)/\w")
LARGEST_BYTES = 2_000_000


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{named(path)}: {host}"
        for path, text in project_texts()
        for host in REGISTRIES
        if host in text.lower()
    ]
    assert found == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [
        f"{named(path)}:{number} {line.strip()[:120]}"
        for path, text in project_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if ONE_MACHINE.search(line)
    ]
    assert found == []


def test_the_search_for_paths_finds_one() -> None:
    for folder in ("work", "root", "tmp", "home/ana"):
        assert ONE_MACHINE.search(f'Path("/{folder}/data")')
    assert not ONE_MACHINE.search("https://example.test/work/data, ./work/data and $HOME/work/data")


def test_no_file_is_so_large_that_it_must_be_data() -> None:
    assert {named(path) for path in project_files() if path.stat().st_size > LARGEST_BYTES} == set()
