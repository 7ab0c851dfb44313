"""A backup of the first release is brought back by the present code; who was erased since stays erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from shared.database import migrate
from shared.identifiers import new_id
from shared.settings import SERVICES, Settings
from tests import factories
from tests.databases import Servers
from tests.faults.invariants import rows
from tests.upgrade.test_upgrade import FIRST
from treffpunkt.backup.restoring import restore
from treffpunkt.backup.saving import save
from treffpunkt.errors import Refusal

SLOW = pytest.mark.faults


@pytest.fixture
def settings(
    servers: Servers, broker: str, make_settings: Callable[..., Settings]
) -> Iterator[Settings]:
    """Those of databases as the first release left them."""
    with FIRST.databases(servers) as databases:
        urls = {f"{name}_database_url": url for name, url in databases.items()}
        yield make_settings(redis_url=broker, secret_key=factories.KEY, **urls)


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> Path:
    """All of it, saved before the update."""
    file = tmp_path / "first.backup"
    assert {saved.revision for saved in save(settings, file).values()} == {"0001"}
    for service in SERVICES:
        migrate(service, settings.database_url(service))
    return file


def tables(settings: Settings, service: str) -> dict[str, str]:
    """Everything in the tables, as text."""
    names = rows(settings, service, "select tablename from pg_tables where schemaname = 'public'")
    return {name: str(rows(settings, service, f"select * from {name}")) for (name,) in names}


def registration_of(settings: Settings, email: str) -> UUID:
    """The id of a sign-up."""
    found = rows(settings, "registration", f"select id from registration where email = '{email}'")
    identifier: UUID = found[0][0]
    return identifier


def test_backup_of_an_older_release_is_migrated_when_it_is_restored(
    settings: Settings, backup: Path
) -> None:
    version = "select * from alembic_version"
    before = {service: rows(settings, service, version) for service in SERVICES}

    restore(settings, backup)

    assert {service: rows(settings, service, version) for service in SERVICES} == before
    assert [("0001",)] not in before.values()
    for service in SERVICES:
        beside = "select 1 from pg_namespace where nspname = 'replaced'"
        assert rows(settings, service, beside) == []


@pytest.mark.parametrize(
    "only",
    [
        None,
        "notifications",
        pytest.param("registration", marks=SLOW),
        pytest.param("scheduling", marks=SLOW),
    ],
)
def test_who_was_erased_after_the_backup_is_erased_again(
    settings: Settings, backup: Path, only: str | None
) -> None:
    anna = registration_of(settings, "anna@ampel.example")
    witness = "registration" if only == "scheduling" else "scheduling"
    with psycopg.connect(settings.database_url(witness)) as connection:
        connection.execute(
            "insert into erasure (subject_id, kind, aggregate_id, erasure_id, erased_at)"
            " values (%s, 'registration', %s, %s, now())",
            (anna, anna, new_id()),
        )

    restore(settings, backup, only=only)

    for service in [only] if only else SERVICES:
        found = tables(settings, service)
        assert [name for name, text in found.items() if "anna@" in text.lower()] == []
        assert str(anna) in found["erasure"]


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    settings: Settings, backup: Path
) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    backup.write_bytes(content)

    with pytest.raises(Refusal):
        restore(settings, backup)
    assert len(rows(settings, "registration", "select 1 from registration")) == 7


def test_a_backup_of_a_newer_release_is_refused(settings: Settings, tmp_path: Path) -> None:
    with psycopg.connect(settings.database_url("scheduling")) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    file = tmp_path / "newer.backup"
    save(settings, file)
    with psycopg.connect(settings.database_url("scheduling")) as connection:
        connection.execute("update alembic_version set version_num = '0001'")

    with pytest.raises(Refusal, match="newer release"):
        restore(settings, file)
    assert len(rows(settings, "registration", "select 1 from registration")) == 7
