"""A person sees, takes along and erases what is kept of her, with the link of her mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from services.registration.models import Attendee, Registration
from services.registration.use_cases.addresses import correct_by_coordinator
from services.registration.use_cases.changes import change, seats_of
from services.registration.use_cases.sign_up import Person as Seat
from services.registration.use_cases.sign_up import Terms
from shared.clock import now
from shared.links import Links
from shared.web.context import EXTENSION
from tests import canary
from tests.integration.registration_desk import Desk, desk_of
from tests.three_services import Town

COLLEAGUE = Seat("Berta Brücke", "berta@betrieb.example")


@pytest.fixture
def browsers(apps: dict[str, Flask]) -> dict[str, FlaskClient]:
    """One at each service."""
    return {name: app.test_client() for name, app in apps.items()}


@pytest.fixture
def desk(world: Town) -> Iterator[Desk]:
    """A coordinator of all networks."""
    made = desk_of(world.databases["registration"], world.settings)
    yield made
    made.app.extensions[EXTENSION].database.close()


def registered(world: Town) -> UUID:
    registration = world.registered(world.published(), Seat(canary.NAME), COLLEAGUE)
    world.deliver()
    world.mail()
    return registration


def manage(world: Town, registration_id: UUID) -> str:
    with world.databases["registration"].reading() as session:
        claim = session.get_one(Registration, registration_id)
    return Links(world.settings).token("manage", claim.id, claim.link_version)


def seat_of(world: Town, registration_id: UUID, number: int) -> str:
    with world.databases["registration"].reading() as session:
        seat = session.get_one(Registration, registration_id).attendees[number]
        return Links(world.settings).token("seat", seat.id, seat.link_version)


def get(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def test_she_sees_what_each_service_knows_of_her(
    world: Town, browsers: dict[str, FlaskClient]
) -> None:
    token = manage(world, registered(world))
    page = get(browsers["registration"], f"/registrations/manage/{token}/data")
    roster, mails = short_links(page)

    lists = get(browsers["scheduling"], roster)
    sent = get(browsers["notifications"], mails)

    for seen in (page, lists, sent):
        assert canary.NAME in seen
    assert canary.EMAIL in sent


def short_links(page: str) -> tuple[str, str]:
    found = [part.partition('"')[0] for part in page.split('href="') if "/my-data/" in part]
    roster, mails = found[:2]
    return roster, mails


def test_she_takes_it_along_as_a_file(world: Town, browsers: dict[str, FlaskClient]) -> None:
    token = manage(world, registered(world))

    answer = browsers["registration"].get(f"/registrations/manage/{token}/data?format=json")

    assert "attachment" in answer.headers["Content-Disposition"]
    (entry,) = answer.json["registrations"]
    assert (entry["name"], entry["email"], entry["phone"]) == (
        canary.NAME,
        canary.EMAIL,
        canary.PHONE,
    )
    assert entry["state"] == "confirmed"


def test_whoever_sits_on_a_seat_sees_that_seat_only(
    world: Town, browsers: dict[str, FlaskClient]
) -> None:
    token = seat_of(world, registered(world), 1)
    page = get(browsers["registration"], f"/registrations/manage/{token}/data")
    roster, mails = short_links(page)

    lists = get(browsers["scheduling"], roster)
    sent = get(browsers["notifications"], mails)

    for seen in (page, lists, sent):
        assert "Berta" in seen
        assert not canary.tells_of_her(seen)


def test_the_short_link_works_for_an_hour(world: Town, browsers: dict[str, FlaskClient]) -> None:
    registration = registered(world)
    over = int((now() - timedelta(seconds=1)).timestamp()) << 65
    links = Links(world.settings)

    for purpose, client in (
        ("roster_data", browsers["scheduling"]),
        ("mail_data", browsers["notifications"]),
    ):
        path = links.url(purpose, registration, over).removeprefix(links.base_url)  # type: ignore[arg-type]
        get(client, path, 410)


def test_the_short_link_does_not_follow_a_claim_to_another_address(
    world: Town, browsers: dict[str, FlaskClient]
) -> None:
    registration = registered(world)
    token = manage(world, registration)
    page = get(browsers["registration"], f"/registrations/manage/{token}/data")
    with world.databases["registration"].transaction() as session:
        correct_by_coordinator(
            session, registration, "another@betrieb.example", now(), hold=timedelta(hours=1)
        )
    world.deliver()

    for path, name in zip(short_links(page), ("scheduling", "notifications"), strict=True):
        get(browsers[name], path, 410)


@dataclass(frozen=True)
class TwoNetworks:
    """She is registered in one network; a coordinator of another one signed her up there as well."""

    world: Town
    hers: UUID
    on_behalf: UUID

    def link(self, registration_id: UUID) -> str:
        return f"/registrations/manage/{manage(self.world, registration_id)}"

    def states(self) -> tuple[str, str]:
        with self.world.databases["registration"].reading() as session:
            return tuple(
                session.get_one(Registration, i).state for i in (self.hers, self.on_behalf)
            )  # type: ignore[return-value]


@pytest.fixture
def two(world: Town) -> TwoNetworks:
    hers = world.registered(world.published(title="Treffen West"))
    theirs = world.published("netz-b", title="Treffen Ost")
    terms = Terms(hold=timedelta(hours=1), on_behalf=True, proved=True)
    on_behalf = world.sign_up(theirs, terms=terms, phone="").id
    world.deliver()
    world.mail()
    return TwoNetworks(world, hers, on_behalf)


def test_a_link_of_a_sign_up_on_behalf_shows_that_network_only(
    two: TwoNetworks, browsers: dict[str, FlaskClient]
) -> None:
    page = get(browsers["registration"], two.link(two.on_behalf) + "/data")
    roster, mails = short_links(page)

    for seen in (
        page,
        get(browsers["scheduling"], roster),
        get(browsers["notifications"], mails + "?format=json"),
        get(browsers["registration"], two.link(two.on_behalf) + "/erase"),
    ):
        assert canary.PHONE not in seen
        assert "Treffen West" not in seen
    assert "Treffen Ost" in page
    assert "other networks" in page
    sent = browsers["notifications"].get(mails + "?format=json").json["mails"]
    assert len(sent) == 1


def test_a_link_of_a_sign_up_on_behalf_erases_in_that_network_only(
    two: TwoNetworks, browsers: dict[str, FlaskClient]
) -> None:
    path = two.link(two.on_behalf) + "/erase"
    assert "in this network" in get(browsers["registration"], path)

    assert browsers["registration"].post(path).status_code == 200
    two.world.deliver()

    assert two.states() == ("confirmed", "cancelled")
    assert "Treffen West" in get(browsers["registration"], two.link(two.hers) + "/data")


def test_a_link_that_she_confirmed_by_shows_and_erases_all_networks(
    two: TwoNetworks, browsers: dict[str, FlaskClient]
) -> None:
    page = get(browsers["registration"], two.link(two.hers) + "/data")
    roster, mails = short_links(page)

    for seen in (page, get(browsers["scheduling"], roster)):
        assert "Treffen West" in seen
        assert "Treffen Ost" in seen
    sent = browsers["notifications"].get(mails + "?format=json").json["mails"]
    assert len(sent) == 3  # please confirm, confirmed, and the confirmation of the other one

    browsers["registration"].post(two.link(two.hers) + "/erase")

    assert two.states() == ("cancelled", "cancelled")


def test_an_address_that_a_coordinator_entered_is_not_proved_by_the_one_before(
    two: TwoNetworks, browsers: dict[str, FlaskClient]
) -> None:
    theirs = two.world.registered(two.world.published("netz-c"), email="kora@stadt.example")
    with two.world.databases["registration"].transaction() as session:
        correct_by_coordinator(session, theirs, canary.EMAIL, now(), hold=timedelta(hours=1))

    page = get(browsers["registration"], two.link(theirs) + "/data")

    assert "Treffen West" not in page
    assert "other networks" in page


def test_a_seat_named_for_her_shows_that_network_only(
    two: TwoNetworks, browsers: dict[str, FlaskClient]
) -> None:
    theirs = two.world.registered(
        two.world.published("netz-c"),
        Seat("Kora"),
        Seat("Sie", canary.EMAIL),
        email="kora@stadt.example",
    )
    token = seat_of(two.world, theirs, 1)

    page = get(browsers["registration"], f"/registrations/manage/{token}/data")

    assert "Treffen West" not in page
    assert canary.PHONE not in page


def with_address(world: Town, registration_id: UUID, address: str | None) -> Attendee:
    """Gives the colleague's seat this address."""
    with world.databases["registration"].transaction() as session:
        mine, hers = seats_of(session.get_one(Registration, registration_id))
        change(session, registration_id, [mine, replace(hers, email=address)], now())
    with world.databases["registration"].reading() as session:
        return session.get_one(Registration, registration_id).attendees[1]


def test_an_old_seat_link_opens_nothing_of_whoever_has_the_seat_later(
    world: Town, browsers: dict[str, FlaskClient]
) -> None:
    registration = registered(world)
    token = seat_of(world, registration, 1)
    path = f"/registrations/manage/{token}/data"
    get(browsers["registration"], path)

    before = with_address(world, registration, None)
    assert browsers["registration"].get(path).status_code == 410
    after = with_address(world, registration, canary.EMAIL)

    assert browsers["registration"].get(path).status_code == 404
    assert before.id != after.id


def test_a_colleague_whose_address_was_open_keeps_the_ticket(world: Town) -> None:
    registration = world.registered(world.published(), Seat(canary.NAME), Seat("Berta Brücke"))
    with world.databases["registration"].reading() as session:
        before = session.get_one(Registration, registration).attendees[1]

    after = with_address(world, registration, "berta@betrieb.example")

    assert (after.id, after.link_version) == (before.id, before.link_version)


def test_nothing_is_erased_before_the_button(world: Town, browsers: dict[str, FlaskClient]) -> None:
    token = manage(world, registered(world))
    client = browsers["registration"]

    for _ in range(3):
        assert "seats become free" in get(client, f"/registrations/manage/{token}/erase")

    assert "registration.registration" in world.traces()


def test_she_erases_herself_and_her_links_are_over(
    world: Town, browsers: dict[str, FlaskClient]
) -> None:
    token = manage(world, registered(world))
    client = browsers["registration"]

    assert client.post(f"/registrations/manage/{token}/erase").status_code == 200
    world.deliver()

    assert not {trace for trace in world.traces() if not trace.startswith("notifications")}
    for path in ("", "/data", "/erase"):
        assert "erased" in get(client, f"/registrations/manage/{token}{path}", 410)
    assert client.post(f"/registrations/manage/{token}/erase").status_code == 410


def test_a_guest_erases_her_seat_and_the_others_keep_theirs(
    world: Town, browsers: dict[str, FlaskClient]
) -> None:
    registration = registered(world)
    token = seat_of(world, registration, 1)

    assert browsers["registration"].post(f"/registrations/manage/{token}/erase").status_code == 200
    world.deliver()
    world.mail()
    world.later("settle_erasures", now() + timedelta(minutes=10))

    for database in world.databases.values():
        assert canary.in_tables(database, ("berta",)) == set()
    with world.databases["registration"].reading() as session:
        kept = session.get_one(Registration, registration)
    assert (kept.state, kept.seats, kept.contact_name) == ("confirmed", 1, canary.NAME)


def test_a_coordinator_erases_and_sees_the_receipts(world: Town, desk: Desk) -> None:
    registration = registered(world)
    path = f"/coordination/registrations/{registration}"
    assert "seats become free" in desk.get(f"{path}/erase") or "werden frei" in desk.seen

    desk.post(f"{path}/erase")
    assert desk.get(path).count("unterwegs") == 2
    world.deliver()

    assert desk.get(path).count("bestätigt am") == 2
    assert not canary.tells_of_her(desk.seen)


def test_a_coordinator_of_another_network_erases_nothing(world: Town) -> None:
    registration = registered(world)
    other = desk_of(world.databases["registration"], world.settings, UUID(int=1))

    other.get(f"/coordination/registrations/{registration}/erase", 404)
    other.app.extensions[EXTENSION].database.close()
    assert "registration.registration" in world.traces()


def test_every_attendee_keeps_her_row_for_the_counts(
    world: Town, browsers: dict[str, FlaskClient]
) -> None:
    registration = registered(world)
    token = manage(world, registration)
    past: dict[str, Any] = {"past": now() - timedelta(hours=1), "id": registration}
    with world.databases["registration"].transaction() as session:
        session.execute(text("update slot set starts_at = :past"), past)

    browsers["registration"].post(f"/registrations/manage/{token}/erase")

    with world.databases["registration"].reading() as session:
        kept = session.get_one(Registration, registration)
        people = len(kept.attendees)
    assert (kept.state, kept.seats, people) == ("confirmed", 2, 2)
