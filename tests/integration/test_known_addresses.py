"""Nobody learns from status, headers, length or time whether an address is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from services.registration.use_cases.pace import WINDOW
from services.scheduling.queries import coordinator_by_email
from services.scheduling.use_cases import accounts, passwords
from shared.database import Database
from shared.settings import Settings
from tests import factories
from tests.access_world import app_of, form_of
from tests.integration.registration_stories import publish, save_network
from tests.telling_apart import compared, is_told_apart

ROUNDS = 120
CORRECTED = 40  # each takes a step of the clock
OWN_TO_EACH = {"X-Request-ID", "Location", "Set-Cookie", "Date", "Retry-After"}
Try = Callable[[int], TestResponse]


def looks(answer: TestResponse) -> tuple[object, ...]:
    """All that an answer shows but its time."""
    headers = {n: v for n, v in answer.headers.items() if n not in OWN_TO_EACH}
    place = answer.headers.get("Location", "")
    return answer.status_code, sorted(headers.items()), len(answer.get_data()), len(place)


def assert_alike(known: Try, unknown: Try, rounds: int = ROUNDS) -> None:
    for number in range(3):
        assert looks(known(number)) == looks(unknown(number))
    z = compared(lambda n: known(n + 3), lambda n: unknown(n + 3), rounds)
    assert not is_told_apart(z), f"known and unknown differ by {z:.1f} standard deviations"


@pytest.fixture
def scheduling(scheduling_database: Database, settings: Settings) -> Iterator[Flask]:
    """With many accounts that have a password."""
    app = app_of("scheduling", settings)
    with scheduling_database.transaction() as session:
        accounts.add_coordinator(session, settings, email="k@stadt.example", name="Kora")
        found = coordinator_by_email(session, "k@stadt.example")
        assert found
        passwords.set_password(session, found, "vier Worte im Regen")
        session.flush()
        session.execute(COPIES, {"number": ROUNDS + 10})
    yield app
    app.extensions["treffpunkt"].database.close()


COPIES = text("""
    insert into coordinator (id, email, name, role, language, password_hash, active, epoch, revision,
                             link_version, created_at)
    select gen_random_uuid(), 'k' || to_char(n, 'FM0000') || '@stadt.example', name, role, language,
           password_hash, active, epoch, revision, link_version, created_at
    from coordinator, generate_series(0, :number) n
""")


def visitors(app: Flask, path: str, letter: str, **values: str) -> Try:
    """Somebody new each time, from a place of his own."""
    cookie, token = form_of(app)
    client, places = app.test_client(), count()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie, path="/scheduling")

    def attempt(number: int) -> TestResponse:
        place = next(places)
        data = {**values, "email": f"{letter}{number:04}@stadt.example", "csrf_token": token}
        address = f"10.{ord(letter)}.{place // 250}.{place % 250}"
        return client.post(path, data=data, environ_overrides={"REMOTE_ADDR": address})

    return attempt


def test_signing_in_tells_nothing(scheduling: Flask) -> None:
    known, unknown = (
        visitors(scheduling, "/scheduling/login", letter, password="wrong", next="")
        for letter in "ku"
    )
    assert known(0).status_code == 422
    assert_alike(lambda n: known(n + 1), lambda n: unknown(n + 1), rounds=60)


def test_asking_for_a_password_tells_nothing(scheduling: Flask) -> None:
    known, unknown = (visitors(scheduling, "/scheduling/password", letter) for letter in "ku")
    assert known(0).status_code == 200
    assert_alike(known, unknown)


class SignUps:
    """Sign-ups by the API; the companies of one kind have registered before."""

    def __init__(self, app: Flask, slot_id: str) -> None:
        self.client = app.test_client()
        self.slot_id = slot_id
        self.numbers = count(100_000)

    def send(self, letter: str, number: int) -> TestResponse:
        email = f"{letter}{number:06}@betrieb.example"
        body = factories.registration(self.slot_id, email=email)
        name = f"Betrieb {next(self.numbers)} GmbH"
        body["company"]["name"] = name
        for person in body["attendees"]:
            person["name"] = name
        body["contact"]["name"] = name
        return self.client.post("/api/v1/registrations", json=body)

    def known(self, number: int) -> TestResponse:
        return self.send("k", number % 40)

    def unknown(self, _number: int) -> TestResponse:
        return self.send("u", next(self.numbers))


@pytest.fixture
def sign_ups(registration_database: Database, settings: Settings) -> Iterator[SignUps]:
    """A meeting with room, and companies that come to it already."""
    app = app_of("registration", settings)
    meeting = publish(registration_database, capacity=1_000_000)
    save_network(registration_database, network_id=meeting.network_id)
    made = SignUps(app, str(meeting.slots[0].slot_id))
    for number in range(40):
        made.known(number)
    # As in a process that has served for a while.
    for number in range(WINDOW + 1):
        made.known(number)
        made.unknown(number)
    yield made
    app.extensions["treffpunkt"].database.close()


def test_signing_up_tells_nothing(sign_ups: SignUps) -> None:
    assert sign_ups.known(0).status_code == 201
    assert_alike(sign_ups.known, sign_ups.unknown)


# As on a slow disk: what a new address needs beyond a known one takes ten milliseconds more.
SLOW = """
create function slowly() returns trigger language plpgsql as
$$ begin perform pg_sleep(0.01); return new; end $$;
create trigger slowly before insert on registration for each row execute function slowly();
"""
AS_BEFORE = "drop trigger slowly on registration; drop function slowly"


@pytest.fixture
def slow_disk(registration_database: Database) -> Iterator[None]:
    """Writing a registration is slow."""
    with registration_database.transaction() as session:
        session.execute(text(SLOW))
    yield
    with registration_database.transaction() as session:
        session.execute(text(AS_BEFORE))


@pytest.mark.usefixtures("slow_disk")
def test_signing_up_tells_nothing_where_writing_is_slow(sign_ups: SignUps) -> None:
    assert_alike(sign_ups.known, sign_ups.unknown, rounds=60)


def test_the_page_after_signing_up_tells_nothing(sign_ups: SignUps) -> None:
    links = sign_ups.client.application.extensions["treffpunkt"].links

    def page(answer: TestResponse) -> TestResponse:
        token = links.token("signed_up", UUID(answer.get_json()["id"]), 1)
        return sign_ups.client.get(f"/registrations/signed-up/{token}")

    known, unknown = (
        [one(n) for n in range(ROUNDS + 3)] for one in (sign_ups.known, sign_ups.unknown)
    )
    assert_alike(lambda n: page(known[n]), lambda n: page(unknown[n]))


class Corrections:
    """Addresses corrected on the page after signing up."""

    def __init__(self, sign_ups: SignUps) -> None:
        self.sign_ups, self.client = sign_ups, sign_ups.client
        self.links = self.client.application.extensions["treffpunkt"].links
        self.numbers = count(200_000)

    def page_of(self, answer: TestResponse) -> str:
        """The page after a sign-up."""
        token = self.links.token("signed_up", UUID(answer.get_json()["id"]), 1)
        return f"/registrations/signed-up/{token}"

    def correct(self, page: str, letter: str, number: int) -> TestResponse:
        """Name another address."""
        email = f"{letter}{number:06}@betrieb.example"
        return self.client.post(page, data={"action": "address", "email": email})

    def to(self, letter: str) -> Callable[[str], TestResponse]:
        """Correct to an address of this kind."""
        return lambda page: self.correct(
            page, letter, next(self.numbers) % 40 if letter == "k" else next(self.numbers)
        )

    def pages(self, one: Try) -> list[str]:
        """Pages after as many sign-ups as are compared."""
        return [self.page_of(one(number)) for number in range(ROUNDS + 3)]


@pytest.fixture
def corrections(sign_ups: SignUps) -> Corrections:
    """As in a process that has corrected some."""
    made = Corrections(sign_ups)
    for letter in "ku":
        made.to(letter)(made.page_of(sign_ups.unknown(0)))
        made.to(letter)(made.page_of(sign_ups.known(0)))
    return made


def test_correcting_to_an_address_tells_nothing_about_it(corrections: Corrections) -> None:
    known, unknown = (corrections.pages(corrections.sign_ups.unknown) for _ in "ku")
    to_known, to_unknown = corrections.to("k"), corrections.to("u")
    assert to_known(known[-1]).status_code == 303
    assert_alike(lambda n: to_known(known[n]), lambda n: to_unknown(unknown[n]), CORRECTED)


def test_correcting_from_an_address_tells_nothing_about_it(corrections: Corrections) -> None:
    known = corrections.pages(corrections.sign_ups.known)
    unknown = corrections.pages(corrections.sign_ups.unknown)
    to_own = corrections.to("u")
    assert to_own(known[-1]).status_code == 303
    assert_alike(lambda n: to_own(known[n]), lambda n: to_own(unknown[n]), CORRECTED)


@pytest.mark.parametrize("ways", ["kuk", "uku", "ukk", "kku"])
def test_no_page_of_a_corrected_sign_up_tells_anything(corrections: Corrections, ways: str) -> None:
    """Neither the first nor the last, whatever the addresses are, and again the same."""

    def seen(letters: str) -> list[tuple[object, ...]]:
        one = corrections.sign_ups.known if letters[0] == "k" else corrections.sign_ups.unknown
        first = page = corrections.page_of(one(7))
        looked = []
        for letter in letters[1:]:
            answer = corrections.to(letter)(page)
            assert answer.location.partition("?")[0] != page
            page = answer.location.partition("?")[0]
            looked += [looks(answer), *(looks(corrections.client.get(at)) for at in (first, page))]
        return looked

    assert seen(ways) == seen("uuu")


def test_an_old_page_leads_to_what_was_corrected_last(corrections: Corrections) -> None:
    first = corrections.page_of(corrections.sign_ups.unknown(0))
    second = corrections.correct(first, "x", 1).location
    corrections.correct(first, "x", 2)

    for page in (first, second):
        assert "x000002@betrieb.example" in corrections.client.get(page).text


def test_an_address_is_corrected_three_times_and_no_more(corrections: Corrections) -> None:
    page = corrections.page_of(corrections.sign_ups.unknown(0))
    for number in range(3):
        page = corrections.correct(page, "x", number).location

    refused = corrections.correct(page, "x", 4)

    assert refused.status_code == 422
    assert "x000002@betrieb.example" in corrections.client.get(page).text
