"""What the doctor reads from the name server."""

from __future__ import annotations

import struct

import pytest

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
