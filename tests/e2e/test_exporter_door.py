"""TLS and users of the exporter's own server, with a real process and a real client."""

from __future__ import annotations

import base64
import http.client
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import pytest
import yaml

from tests.exporters.probing.certificates import Certificates, make_certificates
from tests.services.command import Installed, install
from tests.services.exporter import Exporter, exporting

USER = ("prometheus", "rahasia-sekali")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return install(tmp_path / "home")


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(5)).decode()


def web_config(folder: Path, certificates: Certificates, **changes: object) -> Path:
    shutil.copy(certificates.folder / "valid.pem", folder / "server.pem")
    content = {
        "tls_server_config": {"cert_file": "server.pem", "key_file": "server.pem"},
        "basic_auth_users": {USER[0]: hashed(USER[1])},
    } | changes
    path = folder / "web.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def asked(
    port: int, certificates: Certificates, path: str = "/metrics", user: tuple[str, str] | None = None
) -> int:
    trusted = ssl.create_default_context(cafile=str(certificates.authority))
    headers = {}
    if user is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(user).encode()).decode()
    connection = http.client.HTTPSConnection("localhost", port, context=trusted, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def guarded(installed: Installed, certificates: Certificates, tmp_path: Path) -> Iterator[Exporter]:
    config = tmp_path / "exporter.yaml"
    config.write_text("version: 1\n", encoding="utf-8")
    options = ("--web-config", web_config(tmp_path, certificates))
    with exporting(
        installed.home,
        config,
        options=options,
        ready=lambda one: asked(one.port, certificates, "/-/ready", USER) == 200,
    ) as one:
        yield one


def test_only_users_with_their_password_are_let_in(guarded: Exporter, certificates: Certificates) -> None:
    wrong = [None, (USER[0], "wrong"), ("nobody", USER[1]), (USER[0], ""), ("", "")]
    assert [asked(guarded.port, certificates, user=user) for user in (USER, *wrong)] == [200, *[401] * 5]
    assert asked(guarded.port, certificates, user=USER) == 200


def test_push_has_tokens_of_its_own(guarded: Exporter, certificates: Certificates) -> None:
    assert asked(guarded.port, certificates, "/v1/openapi.json") == 200


def test_plain_http_is_not_answered(guarded: Exporter) -> None:
    with pytest.raises(OSError, match=r"reset|closed"):
        guarded.get("/metrics")


def test_new_password_holds_from_the_next_request_and_a_broken_file_lets_nobody_in(
    guarded: Exporter, certificates: Certificates, tmp_path: Path
) -> None:
    web_config(tmp_path, certificates, basic_auth_users={USER[0]: hashed("baru")})
    assert asked(guarded.port, certificates, user=USER) == 401
    assert asked(guarded.port, certificates, user=(USER[0], "baru")) == 200
    (tmp_path / "web.yaml").write_text("basic_auth_users: {prometheus: plain}", encoding="utf-8")
    assert asked(guarded.port, certificates, user=(USER[0], "baru")) == 500


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"basic_auth_users": {"prometheus": "plain"}}, "no bcrypt hash"),
        ({"basic_auth": {}}, "no such entry"),
        ({"tls_server_config": {"cert_file": "missing.pem", "key_file": "missing.pem"}}, "cannot be used"),
    ],
)
def test_web_configuration_that_cannot_be_used_is_refused(
    installed: Installed, tmp_path: Path, content: dict[str, object], said: str
) -> None:
    config, web = tmp_path / "exporter.yaml", tmp_path / "web.yaml"
    config.write_text("version: 1\n", encoding="utf-8")
    web.write_text(yaml.safe_dump(content), encoding="utf-8")
    with (
        pytest.raises(AssertionError, match=said) as refused,
        exporting(installed.home, config, options=("--web-config", web)),
    ):
        pytest.fail("it started")
    assert "plain" not in str(refused.value)
