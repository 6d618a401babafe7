"""A calendar is read from the web: over real sockets, from the very address that was checked, within one deadline, or not at all."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiences import calendar_fetching
from campaigns.foundation.errors import Refused, TryLater
from tests.audiences import calendar_servers
from tests.audiences.calendar_servers import ok, said, serving

MOST = 11_000
BODY = b"BEGIN:VCALENDAR"


def get(url: str, **changes: Any) -> bytes:
    return calendar_fetching.get(url, **{"loopback": True, "most": MOST, **changes})


def test_a_process_of_its_own_reads_what_stands_there() -> None:
    with serving(ok(BODY)) as server:
        assert calendar_fetching.fetch(f"{server.url}?key=1", loopback=True, most=MOST) == BODY
        (head,) = server.asked
    assert head.startswith("GET /secret.ics?key=1 HTTP/1.1\r\n") and f"Host: localhost:{server.server_address[1]}\r\n" in head


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (said("302 Found", "Location: https://10.0.0.1/x?key=1"), r"moved to https://10\.0\.0\.1/x\. "),
        (said("301 Moved", "Location: /other.ics"), r"moved to http://localhost/other\.ics\."),
        (said("308 Moved"), "has moved to"),
        (said("404 Not Found"), "status 404"),
        (said("204 No Content"), "status 204"),
        (ok(b""), "empty"),
        (ok(b" \r\n"), "empty"),
        (ok(b"x" * (MOST + 1)), "bigger than"),
        (said("200 OK", "Transfer-Encoding: chunked") + b"4000\r\n" + b"x" * 0x4000, "bigger than"),
        (said("200 OK", "Transfer-Encoding: chunked") + b"zz\r\n", "as a web server does"),
        (said("200 OK", *(f"X-{number}: y" for number in range(200))), "as a web server does"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "as a web server does"),
        (b"", "did not answer"),
    ],
)
def test_what_is_no_calendar_is_a_sentence(answer: bytes, sentence: str) -> None:
    with serving(answer) as server, pytest.raises(Refused, match=sentence):
        get(server.url)


def test_a_redirect_is_not_followed() -> None:
    with serving(ok(BODY)) as other, serving(said("302 Found", f"Location: {other.url}")) as server:
        with pytest.raises(TryLater, match="has moved to http://localhost/secret"):
            calendar_fetching.fetch(server.url, loopback=True, most=MOST)
        assert (len(server.asked), other.asked) == (1, [])


def test_a_server_that_drips_is_cut_off_at_the_deadline() -> None:
    answer = ok(BODY * 99)
    with serving(answer, drips=0.1) as server, pytest.raises(TryLater, match=r"not there within 0\.7 seconds"):
        calendar_fetching.fetch(server.url, loopback=True, most=MOST, patience=0.7)
    assert server.dripped < len(answer)


def test_whoever_is_asked_to_stop_waits_for_no_server() -> None:
    with serving(ok(BODY), drips=5) as server, pytest.raises(TryLater):  # all of it would be there within 600 seconds
        calendar_fetching.fetch(server.url, loopback=True, most=MOST, patience=600, given_up=lambda: True)


def test_nobody_is_asked_where_one_of_a_names_addresses_is_inside(names: Callable[..., list[str]]) -> None:
    with serving(ok(BODY)) as server:
        port = server.server_address[1]
        names("127.0.0.1", "10.0.0.1")
        with pytest.raises(Refused, match=r"localhost leads to 10\.0\.0\.1"):
            get(server.url)
        names("8.8.8.8", "::ffff:127.0.0.1")
        with pytest.raises(Refused, match=r"calendar\.example leads to"):
            get(f"https://calendar.example:{port}/")
        assert server.asked == []


def test_the_name_is_looked_up_once_so_that_no_second_answer_leads_elsewhere(names: Callable[..., list[str]]) -> None:
    with serving(ok(BODY)) as server:
        looked_up = names("127.0.0.1")
        assert get(server.url) == BODY
    assert [name for name in looked_up if name != "127.0.0.1"] == ["localhost"]


def test_in_production_this_machine_is_not_read() -> None:
    with serving(ok(BODY)) as server:
        with pytest.raises(TryLater, match="which is not on the public internet"):
            calendar_fetching.fetch(server.url.replace("http:", "https:"), loopback=False, most=MOST)
        assert server.asked == []


def test_a_certificate_must_be_the_names_and_of_somebody_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, others = (calendar_servers.certificate(tmp_path, name) for name in ("localhost", "other.test"))
    for shown, trusted, sentence in ((ours, ours, ""), (ours, others, "self-signed"), (others, others, "[Hh]ostname mismatch")):
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with serving(ok(BODY), certificate=shown) as server:
            url = server.url.replace("http:", "https:")
            if not sentence:
                assert calendar_fetching.fetch(url, loopback=True, most=MOST) == BODY
                continue
            with pytest.raises(Refused, match=f"certificate of localhost cannot be trusted: {sentence}"):
                get(url)
            assert server.asked == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let every name have these addresses; gives the names that are looked up from then on."""
    genuine = socket.getaddrinfo

    def lead_to(*addresses: str) -> list[str]:
        looked_up: list[str] = []

        def answer(host: str, port: int, *rest: Any, **more: Any) -> Any:
            looked_up.append(host)
            found = [host] if host in addresses else list(addresses)
            return [each for address in found for each in genuine(address, port, *rest, **more)]

        monkeypatch.setattr(calendar_fetching.socket, "getaddrinfo", answer)
        return looked_up

    return lead_to
