"""The mail log and the reminder rules, as coordinators and their programs see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from services.notifications import periodic
from services.notifications.app import create_app
from services.notifications.models import Mail, PlannedMail
from shared.clock import now
from shared.database import Database
from shared.events.scheduling import CoordinatorSaved
from shared.identifiers import new_id
from shared.messaging.tables import outbox_event
from shared.settings import Settings
from shared.sign_in import Coordinator
from shared.web.auth import SESSION_COOKIE
from shared.web.context import EXTENSION
from tests import notices
from tests.notices import Desk

API = "/notifications/api/v1"
MEETING = f"/notifications/meetings/{notices.MEETING}"
RULES = f"{API}/meetings/{notices.MEETING}/reminders"
DAY = 24 * 60


class Person:
    """Somebody signed in, with a browser and a token."""

    def __init__(self, app: Any, coordinator: Coordinator) -> None:
        authority = app.extensions[EXTENSION].authority
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(SESSION_COOKIE, authority.session_token(coordinator))
        self._headers = {
            "Authorization": f"Bearer {authority.api_token(coordinator, new_id())}",
            "Accept-Language": "en",
        }

    def api(self, method: str, path: str, body: Any = None) -> TestResponse:
        return self.client.open(path, method=method, json=body, headers=self._headers)

    def page(self, path: str) -> str:
        answer = self.client.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)

    def send(self, path: str, **fields: str) -> TestResponse:
        """A form of the meeting's page, filled in."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page(MEETING))
        assert token
        return self.client.post(f"{MEETING}/{path}", data=fields | {"csrf_token": token[1]})


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


@pytest.fixture
def person(settings: Settings, desk: Desk) -> Iterator[Callable[..., Person]]:
    app = create_app(settings)

    def sign_in(role: str = "coordinator", *networks: UUID) -> Person:
        fact = CoordinatorSaved(
            revision=1,
            coordinator_id=new_id(),
            name="Kora",
            email="kora@stadt.example",
            role=role,
            network_ids=list(networks or (notices.NETWORK,)),
            active=True,
            epoch=1,
            revoked_token_ids=[],
        )
        desk.hear(fact)
        coordinator = Coordinator(
            id=fact.coordinator_id,
            name=fact.name,
            email=fact.email,
            role=role,
            network_ids=frozenset(fact.network_ids),
            epoch=1,
        )
        return Person(app, coordinator)

    yield sign_in
    app.extensions[EXTENSION].database.close()


def sent(desk: Desk, settings: Settings) -> Mail:
    """The contact's confirmation, rendered as the mailer does."""
    from services.notifications.mailer import Mailer  # noqa: PLC0415 - only here

    desk.hear(notices.confirmed())

    class Sink:
        def connect(self) -> None: ...

        def close(self) -> None: ...

        def send(self, *_: object) -> Any:
            from services.notifications.domain.retries import Outcome  # noqa: PLC0415
            from services.notifications.smtp import Attempt  # noqa: PLC0415

            return Attempt(outcome=Outcome.SENT, code=250)

    mailer = Mailer(settings, Sink())  # type: ignore[arg-type]
    mailer.turn()
    mailer.close()
    return desk.mails()[0]


def test_log_lists_what_went_to_whom(desk: Desk, person: Any, settings: Settings) -> None:
    mail = sent(desk, settings)

    (line, _other) = person().api("GET", f"{API}/mails?page_size=10").get_json()[::-1]

    assert line["recipient"] == "anna@betrieb.example"
    assert (line["state"], line["attempts"]) == ("sent", 1)
    assert line["message_id"] == mail.message_id
    assert line["sent_at"]


def test_log_of_more_than_are_counted_is_read_to_its_end(desk: Desk, person: Any) -> None:
    desk.hear(notices.held())
    more = text("""
        insert into mail select (jsonb_populate_record(mail, jsonb_build_object(
            'id', 'ffffffff-ffff-7fff-8fff-' || lpad(number::text, 12, '0'), 'key', number))).*
        from mail, generate_series(1, 1000) number""")
    with desk.database.transaction() as session:
        session.execute(more)
    kora = person()
    oldest = desk.mails()[0]
    assert 'rel="next"' in kora.page("/notifications/?page=20")
    last = kora.page("/notifications/?page=21")
    assert (str(oldest.id) in last, 'rel="next"' in last) == (True, False)
    header = kora.api("GET", f"{API}/mails").headers["X-Pagination"]
    assert '"total": 1000, "total_is_exact": false' in header


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("kind=registration_confirmed", 2),
        ("kind=reminder", 0),
        ("state=queued", 2),
        (f"registration_id={notices.REGISTRATION}", 2),
        (f"registration_id={UUID(int=77)}", 0),
        ("q=grö", 2),
        ("q=berta%40betrieb.example", 1),
        ("q=Niemand", 0),
        ("q=%21%26", 0),
    ],
)
def test_log_is_sifted(desk: Desk, person: Any, query: str, number: int) -> None:
    desk.hear(notices.confirmed())

    assert len(person().api("GET", f"{API}/mails?{query}").get_json()) == number


def test_other_networks_see_nothing(desk: Desk, person: Any, settings: Settings) -> None:
    mail = sent(desk, settings)
    stranger = person("coordinator", UUID(int=99))

    assert stranger.api("GET", f"{API}/mails").get_json() == []
    assert stranger.api("GET", f"{API}/mails/{mail.id}").status_code == 404
    assert stranger.api("GET", RULES).status_code == 404
    for path in (f"mails/{mail.id}", f"mails/{mail.id}/html", f"meetings/{notices.MEETING}"):
        assert stranger.client.get(f"/notifications/{path}").status_code == 404


def test_nobody_else_sees_anything(settings: Settings, desk: Desk) -> None:
    app = create_app(settings)

    assert app.test_client().get(f"{API}/mails").status_code == 401
    assert app.test_client().get("/notifications/").status_code == 303
    app.extensions[EXTENSION].database.close()


def test_default_rules_are_shown_and_replaced(person: Any) -> None:
    office = person()
    rules = office.api("GET", RULES).get_json()["rules"]
    assert [rule["offset_minutes"] for rule in rules] == [-7 * DAY, -DAY]
    wanted = [{"offset_minutes": -120, "relative_to": "start", "audience": "contacts"}]

    assert office.api("PUT", RULES, {"rules": wanted}).status_code == 200

    assert office.api("GET", RULES).get_json() == {"rules": wanted}


def test_new_rules_plan_anew(desk: Desk, person: Any) -> None:
    person().api("PUT", RULES, {"rules": [{"offset_minutes": -3 * DAY}]})

    with desk.database.reading() as session:
        (due_at,) = session.scalars(select(PlannedMail.due_at)).all()
    assert due_at.date() == (notices.starts_at() - timedelta(days=3)).date()


@pytest.mark.parametrize(
    "rule",
    [
        {"offset_minutes": 10},
        {"offset_minutes": -1, "relative_to": "end"},
        {"offset_minutes": "soon"},
        {"offset_minutes": -(10**12)},
        {"offset_minutes": -60, "audience": "world"},
        {"offset_minutes": -60, "relative_to": "lunch"},
        {},
    ],
)
def test_impossible_rules_are_refused(person: Any, rule: dict[str, Any]) -> None:
    answer = person().api("PUT", RULES, {"rules": [rule]})

    assert answer.status_code == 422
    assert answer.get_json()["errors"]["rules"]["0"]


def test_viewers_change_nothing(desk: Desk, person: Any) -> None:
    assert person("viewer").api("PUT", RULES, {"rules": []}).status_code == 403


def test_failed_mails_are_sent_again(desk: Desk, person: Any) -> None:
    desk.hear(notices.held())
    (mail,) = desk.mails()
    office = person()
    assert office.api("POST", f"{API}/mails/{mail.id}/retry").status_code == 409
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(state="failed", attempts=3))

    assert office.api("POST", f"{API}/mails/{mail.id}/retry").get_json()["state"] == "queued"


@pytest.mark.parametrize("state", ["failed", "retry"])
@pytest.mark.parametrize(
    ("reason", "ours"), [("sender refused: quota", True), ("5.1.1 no such user", False)]
)
def test_the_page_of_a_mail_blames_the_recipient_only_for_what_was_said_about_her(
    desk: Desk, person: Any, *, state: str, reason: str, ours: bool
) -> None:
    desk.hear(notices.held())
    (mail,) = desk.mails()
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(state=state, smtp_code=550, smtp_text=reason))

    shown = person().page(f"/notifications/mails/{mail.id}")

    assert f"550 {reason}" in shown
    blames = "The server of the recipient" in shown
    assert blames != ours


def test_log_page_leads_to_the_mail(desk: Desk, person: Any, settings: Settings) -> None:
    mail = sent(desk, settings)
    office = person()

    assert f"/notifications/mails/{mail.id}" in office.page("/notifications/?q=anna")
    shown = office.page(f"/notifications/mails/{mail.id}")
    assert "Bäckerei Größmann" in shown
    assert "sandbox" in shown


def test_frame_of_a_mail_may_do_nothing(desk: Desk, person: Any, settings: Settings) -> None:
    mail = sent(desk, settings)

    answer = person().client.get(f"/notifications/mails/{mail.id}/html")

    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("role", ["viewer", "coordinator", "admin"])
def test_nobody_gets_the_links_and_tickets_of_others(
    desk: Desk, person: Any, settings: Settings, role: str
) -> None:
    mail = sent(desk, settings)
    reader = person(role)

    for path in (f"mails/{mail.id}", f"mails/{mail.id}/html"):
        text = reader.page(f"/notifications/{path}")
        assert "/registrations/manage/…" in text
        assert "data:image/png" not in text
    assert "are hidden" in reader.page(f"/notifications/mails/{mail.id}")


def test_the_file_of_a_mail_has_no_link_that_acts(
    desk: Desk, person: Any, settings: Settings
) -> None:
    mail = sent(desk, settings)
    path = f"/notifications/mails/{mail.id}/source"

    file = message_from_bytes(person().client.get(path).data, policy=policy.default)

    assert file["Subject"] == mail.subject
    kinds = [part.get_content_type() for part in file.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    parts = [part.get_payload(decode=True) or b"" for part in file.walk()]
    assert all(part.count(b"/manage/") == part.count("/manage/…".encode()) for part in parts)  # type: ignore[union-attr]
    assert person("viewer").client.get(path).status_code == 403


def test_meeting_page_shows_planned_and_sent(desk: Desk, person: Any) -> None:
    desk.hear(notices.confirmed())

    shown = person().page(MEETING)

    assert shown.count("Everybody with a seat") >= 2
    assert "anna" in shown.lower()


def test_what_is_planned_is_marked_while_it_is_held_back(desk: Desk, person: Any) -> None:
    desk.hear(notices.confirmed())
    office = person()
    marked = re.compile(r'<th scope="row">[^<]* <span class="chip chip-wait">')

    before = office.page(MEETING)
    office.send("hold")

    assert not marked.search(before)
    assert marked.search(office.page(MEETING))


def test_rules_are_edited_on_the_page(person: Any) -> None:
    office = person()
    form = {"amount-0": "3", "unit-0": "hours", "relative_to-0": "start", "audience-0": "confirmed"}

    answer = office.send("reminders", **form)

    assert answer.status_code == 303
    assert [rule["offset_minutes"] for rule in office.api("GET", RULES).get_json()["rules"]] == [
        -180
    ]


@pytest.mark.parametrize("amount", ["viel", "-1", "91", "0"])
def test_impossible_amounts_are_kept_and_explained(person: Any, amount: str) -> None:
    answer = person().send("reminders", **{"amount-0": amount, "unit-0": "days"})

    assert answer.status_code == 422
    assert f'value="{amount}"' in answer.get_data(as_text=True)


def test_held_back_mails_wait_and_are_released(desk: Desk, person: Any) -> None:
    office = person()
    desk.hear(notices.invited())

    office.send("hold")
    desk.hear(notices.invited(reminder_number=1), notices.held())
    assert [mail.state for mail in desk.mails()] == ["held_back", "held_back", "queued"]

    office.send("release")

    assert {mail.state for mail in desk.mails()} == {"queued"}


def test_plans_are_told_when_they_change(desk: Desk) -> None:
    def told() -> list[Any]:
        periodic.tell_plans(desk.database, now())
        query = select(outbox_event.c.payload).where(outbox_event.c.name == "MailsPlanned")
        with desk.database.reading() as session:
            return list(session.scalars(query.order_by(outbox_event.c.id)))

    assert [plan["recipients"] for plan in told()[-1]["planned"]] == [0, 0]
    desk.hear(notices.confirmed())
    assert [plan["recipients"] for plan in told()[-1]["planned"]] == [2, 2]
    number = len(told())
    assert len(told()) == number


def test_a_page_that_went_wrong_says_whom_to_call(desk: Desk, person: Any) -> None:
    desk.hear(notices.network(network_id=new_id(), name="Aplerbeck", contact_phone="0231 1"))
    client = person().client
    lost, expired = client.get("/notifications/nowhere"), client.post(f"{MEETING}/hold")
    assert (lost.status_code, expired.status_code) == (404, 400)
    found = [re.findall(r'href="tel:([^"]+)"', answer.text) for answer in (lost, expired)]
    assert found == [["02311"], ["+492315550100"]]
