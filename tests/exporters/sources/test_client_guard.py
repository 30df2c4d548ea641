"""Only what is public or allowed by name is connected to, whatever led there."""

from __future__ import annotations

import ssl

import pytest

from exporters.errors import FetchError, FetchReason
from exporters.probing.address import ip_address
from exporters.probing.resolve import Found
from exporters.sources.client import Ask, Client, Tls
from tests.exporters.probing.certificates import Certificates, make_certificates
from tests.exporters.sources.asking import answers_to, failure_of, wanting_a_certificate, with_client
from tests.services.regional import LOOPBACK, answering, regional


class Names:
    """A resolver whose answers change with each look-up; the last one stays."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Found:
        self.asked.append(host)
        text = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        addresses = (ip_address(one) for one in text.split())
        return Found(tuple(one for one in addresses if one is not None), 0.0, 0.0)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - what must not be reached
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fd00::1]",
        "224.0.0.1",
    ],
)
def test_address_in_the_url_that_is_not_public_is_refused(host: str) -> None:
    error = failure_of(Ask(f"http://{host}:9/"))
    assert error.reason is FetchReason.ADDRESS_NOT_ALLOWED
    assert "'allow' lists it" in str(error)


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.0.0.1", "0177.0.0.1"])
def test_address_in_an_old_spelling_is_not_reached(host: str) -> None:
    with regional(answering("stolen")) as system:
        error = failure_of(Ask(f"http://{host}:{system.port}/"))
    assert error.reason in {FetchReason.ADDRESS_NOT_ALLOWED, FetchReason.INTERNAL, FetchReason.DNS}
    assert system.asked == []


@pytest.mark.parametrize(
    "addresses", ["127.0.0.1", "127.0.0.1 ::1", "10.0.0.1", "169.254.169.254", "fe80::1"]
)
def test_name_that_leads_to_an_address_that_is_not_public_is_refused(addresses: str) -> None:
    with regional(answering("stolen")) as system:
        names = Names(addresses)
        error = failure_of(Ask(f"http://mpp.example:{system.port}/"), names)
    assert error.reason is FetchReason.ADDRESS_NOT_ALLOWED
    assert names.asked == ["mpp.example"]
    assert system.asked == []


def test_name_that_is_allowed_may_lead_to_a_private_address_but_not_to_a_link_local_one() -> None:
    with regional(answering("ok")) as system:
        ask = Ask(f"http://mpp.example:{system.port}/", allow=("mpp.example",))
        [answer] = answers_to(ask, resolver=Names("127.0.0.1"))
        assert answer.body == b"ok"
        assert failure_of(ask, Names("169.254.169.254")).reason is FetchReason.ADDRESS_NOT_ALLOWED
        other = Ask(f"http://other.example:{system.port}/", allow=("mpp.example",))
        assert failure_of(other, Names("127.0.0.1")).reason is FetchReason.ADDRESS_NOT_ALLOWED


def test_addresses_that_were_checked_are_the_ones_connected_to() -> None:
    """A name server that answers well when it is asked for the check gains nothing: it is asked once."""
    with regional(answering("first")) as first, regional(answering("stolen"), host="127.0.0.2") as second:
        second_port = second.port
        names = Names("127.0.0.1", "127.0.0.2")
        ask = Ask(f"http://mpp.example:{first.port}/", allow=("127.0.0.1",))
        [answer] = answers_to(ask, resolver=names)
        assert (answer.body, names.asked) == (b"first", ["mpp.example"])
        rebound = Ask(f"http://mpp.example:{second_port}/", allow=("127.0.0.1",))
        error = failure_of(rebound, Names("127.0.0.2"))
    assert error.reason is FetchReason.ADDRESS_NOT_ALLOWED
    assert second.asked == []


def test_name_that_is_rebound_between_two_requests_is_refused_at_the_second() -> None:
    with regional(answering("first", Connection="close")) as first:
        names = Names("127.0.0.1", "10.0.0.1")

        async def work(client: Client) -> FetchError:
            await client.ask(Ask(f"http://mpp.example:{first.port}/", allow=("127.0.0.1",)))
            with pytest.raises(FetchError) as caught:
                await client.ask(Ask(f"http://mpp.example:{first.port + 1}/", allow=("127.0.0.1",)))
            return caught.value

        assert with_client(work, names).reason is FetchReason.ADDRESS_NOT_ALLOWED


def test_connection_of_a_request_that_may_more_is_not_lent_to_one_that_may_not() -> None:
    with regional(answering("ok")) as system:

        async def work(client: Client) -> FetchError:
            url = f"http://mpp.example:{system.port}/"
            await client.ask(Ask(url, allow=LOOPBACK))
            with pytest.raises(FetchError) as caught:
                await client.ask(Ask(url))
            await client.ask(Ask(url, allow=LOOPBACK))
            return caught.value

        assert with_client(work, Names("127.0.0.1")).reason is FetchReason.ADDRESS_NOT_ALLOWED
    assert len(system.asked) == 2
    assert len({asked.peer for asked in system.asked}) == 1


def test_one_good_address_of_several_is_enough() -> None:
    with regional(answering("ok")) as system:
        ask = Ask(f"http://mpp.example:{system.port}/", allow=("127.0.0.1",))
        [answer] = answers_to(ask, resolver=Names("10.0.0.1 127.0.0.1"))
    assert answer.body == b"ok"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def test_client_certificate_and_own_authority_open_a_connection(certificates: Certificates) -> None:
    context = certificates.server("valid")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    own = str(certificates.folder / "valid.pem")
    tls = Tls(certificate=own, key=own, ca=str(certificates.authority))
    with regional(answering("ok"), context=context) as system:
        asks = [Ask(system.url(), allow=LOOPBACK, tls=tls)] * 2
        assert [answer.body for answer in answers_to(*asks)] == [b"ok", b"ok"]
    assert len({asked.peer for asked in system.asked}) == 1


def test_certificate_that_is_renewed_on_disk_is_shown_from_the_next_connection_on(
    certificates: Certificates,
) -> None:
    own = certificates.folder / "own.pem"
    tls = Tls(certificate=str(own), ca=str(certificates.authority))
    own.write_bytes((certificates.folder / "self_signed.pem").read_bytes())
    with wanting_a_certificate(certificates) as port:

        async def work(client: Client) -> bytes:
            ask = Ask(f"https://127.0.0.1:{port}/", allow=LOOPBACK, tls=tls)
            with pytest.raises(FetchError) as caught:
                await client.ask(ask)
            assert caught.value.reason is FetchReason.TLS
            own.write_bytes((certificates.folder / "valid.pem").read_bytes())
            return (await client.ask(ask)).body

        assert with_client(work) == b"ok"
