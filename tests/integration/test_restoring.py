"""Backup and restore on a running stack: what is set back catches up, and no mail goes out again."""

from __future__ import annotations

import stat
from collections.abc import Iterator

import pytest

from tests.faults import invariants
from tests.restored import Place, half_saved


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Half of its story is in the backup."""
    with half_saved() as place:
        yield place


def test_backup_is_readable_by_its_owner_alone(place: Place) -> None:
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600


# The third is among the faults: nobody waits for more than two.
@pytest.mark.parametrize("service", ["registration", "notifications"])
def test_one_older_database_alone_catches_up_and_repeats_no_mail(
    place: Place, service: str
) -> None:
    truth, mails = place.truth(), place.mails()

    said = place.restore("--only", service)

    assert "could not" not in said
    assert sorted(place.truth() ^ truth) == []
    assert place.mails() == mails
    place.registered("new")
    assert invariants.broken(place.stack.settings) == {}
