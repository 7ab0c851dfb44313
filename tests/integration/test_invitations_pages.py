"""Personal invitations: asked once, answered by one press, the silent reminded once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.registration.models import FailingAddress, Invitation, Registration
from services.registration.use_cases import erasing
from services.registration.use_cases.sign_up import Person
from shared.clock import now
from shared.database import Database
from shared.events.scheduling import MeetingPublished
from shared.identifiers import new_id
from shared.settings import Settings
from tests.integration.registration_desk import Desk, close, desk_of, open_desk
from tests.integration.registration_stories import claim, confirmed, publish, sign

LIST = (
    "Metallbau Krüger; Ayşe Demir; a.demir@krueger.example\nÄhre; Petra Ähre; petra@aehre.example"
)


@pytest.fixture
def desk(registration_database: Database, settings: Settings) -> Iterator[Desk]:
    """An admin's browser."""
    with open_desk(registration_database, settings) as desk:
        yield desk


def invite(desk: Desk, meeting: MeetingPublished, lines: str = LIST) -> list[Invitation]:
    """Paste, look, send."""
    url = f"/coordination/meetings/{meeting.meeting_id}/invitations/add"
    desk.get(url)
    desk.post(url, lines=lines, send="1")
    return invitations(desk)


def invitations(desk: Desk) -> list[Invitation]:
    with desk.database.reading() as session:
        return list(
            session.scalars(select(Invitation).order_by(Invitation.company_sort, Invitation.id))
        )


def link(desk: Desk, invitation: Invitation) -> str:
    return "/invitations/" + desk.links.token("invitation", invitation.id, invitation.link_version)


def registrations(desk: Desk) -> list[Registration]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Registration)))


def test_a_pasted_list_is_looked_at_before_anything_is_sent(desk: Desk) -> None:
    meeting = publish(desk.database)
    url = f"/coordination/meetings/{meeting.meeting_id}/invitations/add"
    desk.get(url)

    page = desk.post(url, status=200, lines=f"{LIST}\nnur eine Firma").text

    assert "nur eine Firma" in page
    assert "Petra Ähre" in page
    assert not invitations(desk)


def test_everybody_is_asked_once_per_meeting(desk: Desk) -> None:
    meeting = publish(desk.database)
    invite(desk, meeting)
    url = f"/coordination/meetings/{meeting.meeting_id}/invitations/add"

    page = desk.post(url, status=200, lines=LIST, send="1").text

    assert "Ayşe Demir" in page
    assert [one.contact_name for one in invitations(desk)] == ["Petra Ähre", "Ayşe Demir"]
    assert len(desk.facts("InvitationIssued")) == 2


def test_known_contacts_are_picked(desk: Desk) -> None:
    meeting = publish(desk.database)
    done = sign(desk.database, meeting, name="Bäckerei Ähre", contact_name="Petra Ähre")
    confirmed(desk.database, done)
    later = publish(desk.database, network_id=meeting.network_id, slug="spaeter")
    url = f"/coordination/meetings/{later.meeting_id}/invitations/add"
    assert "Petra Ähre" in desk.get(url)

    desk.post(url, selected=str(claim(desk.database, done).contact_id), send="1")

    assert [one.contact_name for one in invitations(desk)] == ["Petra Ähre"]


def test_only_the_silent_are_reminded_and_only_once(desk: Desk) -> None:
    meeting = publish(desk.database)
    petra, _ayse = invite(desk, meeting)
    desk.client.post(link(desk, petra), data={"answer": "no"})
    base = f"/coordination/meetings/{meeting.meeting_id}/invitations"
    page = desk.get(base)
    until = page.split('name="written_until" value="')[1].split('"')[0].replace("&#43;", "+")

    for _press in range(2):
        desk.client.post(
            f"{base}/remind", data={"written_until": until, "csrf_token": token_of(page)}
        )

    reminders = [fact for fact in desk.facts("InvitationIssued") if fact["reminder_number"]]
    assert [fact["contact_name"] for fact in reminders] == ["Ayşe Demir"]
    assert reminders[0]["reminder_number"] == 1


def test_who_registered_without_the_link_is_not_reminded(desk: Desk) -> None:
    meeting = publish(desk.database)
    invite(desk, meeting)
    came = sign(desk.database, meeting, email="petra@aehre.example")
    declined = sign(desk.database, meeting, email="A.Demir@krueger.example")
    with desk.database.transaction() as session:
        session.get_one(Registration, declined.id).state = "declined"
    url = f"/coordination/meetings/{meeting.meeting_id}/invitations"

    page = desk.get(url)

    assert "written_until" not in page
    assert f"/coordination/registrations/{came.id}" in page
    assert f"/coordination/registrations/{declined.id}" in page
    assert "Ähre" not in desk.get(f"{url}?answer=silent").split("<tbody>")[-1]
    assert "Ähre" in desk.get(f"{url}?answer=registered").split("<tbody>")[-1]


def test_today_and_the_invitations_tab_count_the_same_silence(desk: Desk) -> None:
    meeting = publish(desk.database)
    petra, _ayse = invite(desk, meeting)
    with desk.database.transaction() as session:
        failing = {"kind": "invitation", "mail_id": new_id(), "failed_at": now()}
        session.add(FailingAddress(email_key=petra.email_key, invitation_id=petra.id, **failing))

    today = desk.get("/coordination/")
    tab = desk.get(f"/coordination/meetings/{meeting.meeting_id}/invitations")

    number = re.compile(r'stat-value">(\d+)</p><p class="stat-label"><a href="[^"]*answer=silent')
    assert number.findall(today) == number.findall(tab) == ["1"]


def test_who_is_registered_is_not_offered_to_be_invited(desk: Desk) -> None:
    meeting = publish(desk.database)
    confirmed(desk.database, sign(desk.database, meeting, contact_name="Petra Ähre"))

    page = desk.get(f"/coordination/meetings/{meeting.meeting_id}/invitations/add")

    assert "Petra Ähre" not in page


def token_of(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]


def test_looking_at_the_link_changes_nothing(desk: Desk) -> None:
    petra, _ = invite(desk, publish(desk.database))

    page = desk.get(link(desk, petra))

    assert "Petra Ähre" in page
    assert not registrations(desk)
    assert invitations(desk)[0].answer == ""


def test_yes_registers_at_once_with_seats_and_names(desk: Desk) -> None:
    petra, _ = invite(desk, publish(desk.database, admission="invited"))
    values = {"answer": "yes", "seats": "2", "name-1": "Petra Ähre", "name-2": ""}

    answer = desk.client.post(link(desk, petra), data=values)

    assert answer.status_code == 303
    (made,) = registrations(desk)
    assert (made.state, made.seats, made.email) == ("confirmed", 2, "petra@aehre.example")
    assert invitations(desk)[0].registration_id == made.id
    assert "/registrations/manage/" in desk.get(link(desk, petra))


def test_no_after_yes_frees_the_seats_and_names_the_next_meeting(desk: Desk) -> None:
    meeting = publish(desk.database)
    later = now() + timedelta(days=60)
    publish(desk.database, network_id=meeting.network_id, starts_at=later, title="Wintertreffen")
    petra, _ = invite(desk, meeting)
    desk.client.post(link(desk, petra), data={"answer": "yes", "seats": "1"})

    desk.client.post(link(desk, petra), data={"answer": "no"})

    assert [row.state for row in registrations(desk)] == ["cancelled"]
    page = desk.get(link(desk, petra))
    assert re.search(r'<a href="/meetings/treffen">[^<]*Wintertreffen</a>', page)
    assert page.index("Wintertreffen") < page.index('<dl class="facts">')


def test_a_colleague_is_asked_on_recommendation(desk: Desk) -> None:
    petra, _ = invite(desk, publish(desk.database))
    values = {"colleague-name": "Tim Lohse", "colleague-email": "tim@aehre.example"}

    desk.client.post(link(desk, petra), data={"answer": "colleague", **values})

    issued = desk.facts("InvitationIssued")[-1]
    assert issued["contact_email"] == "tim@aehre.example"
    assert issued["on_recommendation_of"] == "Petra Ähre"
    assert invitations(desk)[0].answer == "colleague"


def test_an_invitation_is_passed_on_a_few_times_only(desk: Desk) -> None:
    petra, _ = invite(desk, publish(desk.database))

    statuses = [
        desk.client.post(
            link(desk, petra),
            data={
                "answer": "colleague",
                "colleague-name": "Tim",
                "colleague-email": f"tim{number}@aehre.example",
            },
        ).status_code
        for number in range(4)
    ]

    assert statuses == [303, 303, 303, 422]


@pytest.mark.parametrize(
    "values",
    [
        {"answer": "yes", "seats": "0"},
        {"answer": "yes", "seats": "x"},
        {"answer": "yes", "seats": "1", "name-1": "a\x00b"},
        {"answer": "colleague", "colleague-name": "", "colleague-email": "x"},
        {"answer": "colleague", "colleague-name": "Ich", "colleague-email": "petra@aehre.example"},
    ],
)
def test_a_wrong_answer_shows_the_form_again(desk: Desk, values: dict[str, str]) -> None:
    petra, _ = invite(desk, publish(desk.database))

    answer = desk.client.post(link(desk, petra), data=values)

    assert answer.status_code == 422
    assert 'id="errors"' in answer.text
    assert not registrations(desk)


def test_yes_again_with_other_people_changes_the_registration(desk: Desk) -> None:
    petra, _ = invite(desk, publish(desk.database))
    token = link(desk, petra).rpartition("/")[2]
    call = "/api/v1/invitations/answer"
    first = desk.api(call, {"token": token, "answer": "yes"}, 200)

    people = [{"name": "Petra Ähre"}, {"name": "Tim Lohse"}]
    second = desk.api(call, {"token": token, "answer": "yes", "attendees": people}, 200)

    assert first["registration"]["id"] == second["registration"]["id"]
    assert [row.seats for row in registrations(desk)] == [2]


def test_who_said_yes_is_asked_before_the_seats_are_given_up(desk: Desk) -> None:
    petra, _ = invite(desk, publish(desk.database))
    url = link(desk, petra)
    desk.client.post(url, data={"answer": "yes", "seats": "2", "name-1": "Petra Ähre"})
    assert 'href="?step=no"' in desk.get(url)

    asked = desk.get(f"{url}?step=no")

    assert 'name="answer" value="no"' in asked
    assert [row.state for row in registrations(desk)] == ["confirmed"]


def test_form_and_invitation_say_the_same_about_privacy(desk: Desk) -> None:
    meeting = publish(desk.database)
    petra, _ = invite(desk, meeting)
    notice = re.compile(r'class="notice-privacy[^>]*>(.*?)</p>')

    form = notice.findall(desk.get(f"/meetings/{meeting.slug}/register"))
    invitation = notice.findall(desk.get(link(desk, petra)))

    assert len(form) == 1
    assert form == invitation


def test_an_own_sign_up_is_confirmed_by_the_invitation(desk: Desk) -> None:
    meeting = publish(desk.database)
    petra, _ = invite(desk, meeting)
    done = sign(
        desk.database, meeting, email="petra@aehre.example", attendees=(Person("Petra Ähre"),)
    )

    desk.client.post(
        link(desk, petra), data={"answer": "yes", "seats": "1", "name-1": "Petra Ähre"}
    )

    assert claim(desk.database, done).state == "confirmed"
    assert len(registrations(desk)) == 1


def test_a_broken_or_replaced_link_says_what_to_do(desk: Desk) -> None:
    petra, _ = invite(desk, publish(desk.database))
    old = "/invitations/" + desk.links.token("invitation", petra.id, 7)

    assert "/invitations" not in desk.get(old, status=404).split("<main")[1]
    desk.get("/invitations/unsinn", status=404)


def test_a_corrected_address_gets_the_invitation(desk: Desk) -> None:
    meeting = publish(desk.database)
    petra, ayse = invite(desk, meeting)
    url = f"/coordination/meetings/{meeting.meeting_id}/invitations/{petra.id}/address"
    desk.get(url)

    desk.post(url, status=422, email=ayse.email)
    desk.post(url, email="petra.neu@aehre.example")

    assert desk.facts("InvitationIssued")[-1]["contact_email"] == "petra.neu@aehre.example"
    desk.get(link(desk, petra), status=404)


def test_an_erased_invitation_gets_no_address_again(desk: Desk) -> None:
    meeting = publish(desk.database)
    petra, _ayse = invite(desk, meeting)
    url = f"/coordination/meetings/{meeting.meeting_id}/invitations/{petra.id}/address"
    desk.get(url)
    with desk.database.transaction() as session:
        erasing.empty_invitations(session, [petra.id], now())

    desk.post(url, status=404, email="petra.neu@aehre.example")
    desk.get(url, status=404)


def test_the_api_invites_and_tells_who_was_known(desk: Desk) -> None:
    meeting = publish(desk.database)
    contact = {"company": "Ähre", "name": "Petra Ähre", "email": "petra@aehre.example"}
    body = {"meeting_id": str(meeting.meeting_id), "contacts": [contact]}

    first = desk.api("/api/v1/invitations", body, 201)
    second = desk.api("/api/v1/invitations", body, 201)

    assert [one["email"] for one in first["invitations"]] == ["petra@aehre.example"]
    assert (second["invitations"], len(second["known"])) == ([], 1)
    desk.api("/api/v1/invitations", body | {"meeting_id": str(new_id())}, 404)


def test_a_foreign_network_cannot_be_invited_to(
    registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database)
    contact = {"company": "Ähre", "name": "Petra", "email": "petra@aehre.example"}
    stranger = desk_of(registration_database, settings, new_id())

    body = {"meeting_id": str(meeting.meeting_id), "contacts": [contact]}
    stranger.api("/api/v1/invitations", body, 404)
    close(stranger)
