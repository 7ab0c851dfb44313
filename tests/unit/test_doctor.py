"""What the doctor reads from the name server, and says about the way out of mails."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.settings import Settings, parse_smtp_url
from tests.scripted_smtp import serving
from treffpunkt.doctor import mail
from treffpunkt.doctor.dns import LookupFailed, question, read_answer

NAME = b"\x07network\x07example\x00"


def answer(*texts: list[bytes], number: int = 7, flags: int = 0x8180) -> bytes:
    head = struct.pack("!6H", number, flags, 1, len(texts), 0, 0)
    packet = head + NAME + struct.pack("!HH", 16, 1)
    for parts in texts:
        data = b"".join(bytes([len(part)]) + part for part in parts)
        packet += b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 300, len(data)) + data
    return packet


def test_a_question_names_every_label() -> None:
    assert NAME + struct.pack("!HH", 16, 1) in question(7, "network.example")


def test_the_parts_of_a_record_are_joined() -> None:
    packet = answer([b"v=spf1 ", b"-all"], [b"something else"])

    assert read_answer(7, packet) == ["v=spf1 -all", "something else"]


def test_a_name_without_records_has_none() -> None:
    assert read_answer(7, answer(flags=0x8183)) == []


@pytest.mark.parametrize(
    "packet",
    [
        answer([b"x"], number=8),
        answer([b"x"], flags=0x8182),
        answer([b"x"])[:-3] + b"",
        b"",
        b"\xff" * 9,
    ],
    ids=["another question", "server failed", "cut short", "nothing", "noise"],
)
def test_what_is_no_answer_is_not_believed(packet: bytes) -> None:
    with pytest.raises(LookupFailed):
        read_answer(7, packet + b"")


def graded(settings: Settings, about: str) -> list[tuple[str, str]]:
    """Grade and text of all findings about one thing."""
    return [(found.grade, found.text) for found in mail.examine(settings) if found.about == about]


def test_a_login_that_works_is_fine(make_settings: Callable[..., Settings]) -> None:
    with serving() as server:
        server.script["quit"] = ["221 bye"]
        smtp = parse_smtp_url(f"smtp://us:secret@127.0.0.1:{server.port}")
        found = graded(replace(make_settings(), smtp=smtp), "smtp")

    assert [grade for grade, _ in found] == ["ok"]


@pytest.mark.parametrize("login", ["us:s%C3%BC%C3%9F-secret", "%C3%BCs:secret"])
def test_a_login_outside_ascii_is_a_finding_that_quotes_nothing(
    make_settings: Callable[..., Settings], login: str
) -> None:
    with serving() as server:
        server.script["quit"] = ["221 bye"]
        smtp = parse_smtp_url(f"smtp://{login}@127.0.0.1:{server.port}")
        ((grade, text),) = graded(replace(make_settings(), smtp=smtp), "smtp")

    assert (grade, "ASCII" in text, "secret" in text) == ("mend", True, False)


def test_a_server_name_that_is_none_is_a_finding(make_settings: Callable[..., Settings]) -> None:
    smtp = parse_smtp_url("smtp://mail..example:25")

    ((grade, _),) = graded(replace(make_settings(), smtp=smtp), "smtp")

    assert grade == "mend"


@pytest.mark.parametrize("sender", ["tr\xe4ff@netz.example", "treff@st\xe4dte.example"])
def test_a_sender_outside_ascii_is_a_finding(
    make_settings: Callable[..., Settings], sender: str
) -> None:
    ((grade, text),) = graded(replace(make_settings(), mail_from=sender), "sender")

    assert (grade, "ASCII" in text) == ("mend", True)


def test_a_domain_that_no_name_server_knows_how_to_ask_for_is_a_finding(
    make_settings: Callable[..., Settings],
) -> None:
    found = graded(replace(make_settings(), mail_from=f"treff@{'x' * 64}.de"), "dns")

    assert [grade for grade, _ in found] == ["mend", "mend", "note"]
