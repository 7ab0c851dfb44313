"""Two administrators enter the same thing at the same time, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.scheduling.domain.refusals import RefusedError
from services.scheduling.use_cases import accounts, networks
from shared.database import Database
from shared.scope import EVERYTHING
from shared.settings import Settings
from tests.integration.scheduling_desk import Desk, open_desk, waits_for_a_row
from tests.wait import wait_until


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


def network(session: Session) -> Any:
    return networks.create_network(session, name="Süd", slug="sued")


def account(session: Session) -> Any:
    return accounts.create_account(
        session, email="K@stadt.example", name="Kora", role="viewer", networks=(), language="de"
    )


CREATED: list[tuple[Callable[[Session], Any], str, str]] = [
    (network, "slug-in-use", "slug"),
    (account, "account-exists", "email"),
]


@pytest.mark.parametrize(("create", "code", "field"), CREATED)
def test_the_later_of_two_who_create_the_same_is_told_so(
    desk: Desk, create: Callable[[Session], Any], code: str, field: str
) -> None:
    def late() -> RefusedError:
        with desk.database.transaction() as session:
            with pytest.raises(RefusedError) as refused:
                create(session)
            network_of_other = networks.create_network(session, name="Nord", slug="nord")
            assert network_of_other.revision == 1  # the transaction goes on
        return refused.value

    with ThreadPoolExecutor(1) as other, desk.database.transaction() as session:
        create(session)
        told = other.submit(late)
        wait_until(lambda: waits_for_a_row(desk), within=10)
        session.commit()
        refusal = told.result()

    assert (refusal.kind, refusal.code, refusal.field) == ("conflict", code, field)


def test_of_two_edits_made_from_the_same_revision_one_is_saved(desk: Desk) -> None:
    made = desk.network()
    network_id, revision = UUID(made["id"]), made["revision"]

    def edit(session: Session, name: str) -> Any:
        return networks.edit_network(
            session, EVERYTHING, network_id, revision=revision, contact_name=name
        )

    def late() -> str:
        with desk.database.transaction() as session, pytest.raises(RefusedError) as refused:
            edit(session, "Later")
        return refused.value.code

    with ThreadPoolExecutor(1) as other, desk.database.transaction() as session:
        edit(session, "First")
        told = other.submit(late)
        wait_until(lambda: waits_for_a_row(desk), within=10)
        session.commit()
        assert told.result() == "changed-meanwhile"

    assert desk.call("GET", f"/networks/{network_id}")["contact_name"] == "First"
