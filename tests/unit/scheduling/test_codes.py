"""Codes of a second factor: the standard's own examples, which steps count, how they may be typed."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.codes import (
    STEP,
    digits_of,
    grouped,
    matching_step,
    recovery_code,
    recovery_hash,
    step_of,
)
from services.scheduling.domain.throttle import CODE, FORGOTTEN_AFTER, PAIR, place_of, wait
from tests.code_app import code_at

KEY = b"12345678901234567890"  # of RFC 6238, appendix B
MOMENT = datetime(2031, 11, 18, 15, 0, 10, tzinfo=UTC)
NOW = step_of(MOMENT)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(KEY, seconds // STEP) == code
    assert TOTP(KEY, 6, SHA1(), STEP).generate(seconds).decode() == code


def matching(typed: str, used: int = 0) -> int | None:
    return matching_step(typed, MOMENT, used=used, code_at=lambda step: code_at(KEY, step))


@pytest.mark.parametrize(
    ("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_counts_from_one_step_early_to_one_step_late(steps: int, counts: bool) -> None:  # noqa: FBT001
    found = matching(code_at(KEY, NOW + steps))
    assert found == (NOW + steps if counts else None)


@pytest.mark.parametrize("used", [NOW, NOW + 1])
def test_a_used_code_and_all_older_ones_count_no_more(used: int) -> None:
    assert matching(code_at(KEY, NOW), used) is None
    assert matching(code_at(KEY, NOW - 1), used) is None


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "123456\n"])
def test_digits_may_be_pasted_as_they_come(typed: str) -> None:
    assert digits_of(typed) == "123456"


@given(st.text())
def test_anything_else_is_no_code(typed: str) -> None:
    found = digits_of(typed)
    assert found is None or (found.isascii() and len(found) == 6)
    assert len(recovery_hash(typed)) == 64


def test_recovery_codes_are_random_and_typed_without_care() -> None:
    codes = {recovery_code(secrets.choice) for _number in range(200)}
    assert len(codes) == 200
    one = codes.pop()
    assert recovery_hash(f" {one.upper().replace('-', ' ')} ") == recovery_hash(one)
    assert len(one.replace("-", "")) == 16


def test_secret_is_shown_in_groups() -> None:
    assert grouped("ABCDEFGHIJ") == "ABCD EFGH IJ"


@given(st.integers(0, 10**6), st.integers(0, 7200))
def test_waits_for_codes_are_bounded_and_end(failures: int, seconds: int) -> None:
    left = wait(failures, MOMENT, MOMENT + timedelta(seconds=seconds), patience=CODE)
    assert timedelta(0) <= left <= CODE.longest
    assert wait(failures, MOMENT, MOMENT + CODE.longest, patience=CODE) == timedelta(0)


def test_first_failures_are_free_and_old_ones_forgotten() -> None:
    assert wait(PAIR.free - 1, MOMENT, MOMENT) == timedelta(0)
    assert wait(PAIR.free, MOMENT, MOMENT) == timedelta(seconds=1)
    later = MOMENT + FORGOTTEN_AFTER + timedelta(seconds=1)
    assert wait(10**6, MOMENT, later) == timedelta(0)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (None, ""),
        ("unix", "unix"),
    ],
)
def test_all_machines_of_a_site_are_one_place(address: str | None, place: str) -> None:
    assert place_of(address) == place
