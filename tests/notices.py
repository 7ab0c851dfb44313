"""Facts as the other services tell them to notifications, and a service that hears them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.notifications.domain import scene
from services.notifications.models import Mail
from services.notifications.worker import SERVICE
from shared.clock import now
from shared.database import Database
from shared.events import registration, scheduling
from shared.events.envelope import Envelope, Fact, payload_json
from shared.identifiers import new_id
from shared.messaging.inbox import receive

NETWORK, MEETING, SLOT = UUID(int=1), UUID(int=2), UUID(int=3)
REGISTRATION, INVITATION, COORDINATOR = UUID(int=4), UUID(int=5), UUID(int=6)
CONTACT = registration.Attendee(
    attendee_id=UUID(int=11), name="Anna Ampel", email=None, link_version=1, is_contact=True
)
COLLEAGUE = registration.Attendee(
    attendee_id=UUID(int=12),
    name="Berta Brücke",
    email="berta@betrieb.example",
    link_version=1,
    is_contact=False,
)
_revisions = itertools.count(10)


def starts_at() -> datetime:
    """Three in the afternoon in Berlin (winter time or not), in thirty days."""
    return (now() + timedelta(days=30)).replace(hour=14, minute=0, second=0, microsecond=0)


def network(**fields: Any) -> scheduling.NetworkSaved:
    """A network with a person one can call."""
    given: dict[str, Any] = {
        "revision": next(_revisions),
        "network_id": NETWORK,
        "slug": "dortmund-west",
        "name": "Ausbildung im Quartier, Netzwerk Dortmund-West",
        "language": "de",
        "time_zone": "Europe/Berlin",
        "contact_name": "Kora Dinator",
        "contact_email": "netzwerk@stadt.example",
        "contact_phone": "+49 231 555 0100",
        "districts": [],
    }
    return scheduling.NetworkSaved(**given | fields)


def venue(**fields: Any) -> scheduling.Venue:
    """A school."""
    given: dict[str, Any] = {
        "venue_id": UUID(int=21),
        "name": "Hauptschule Kley",
        "street": "Kleyer Weg 1",
        "postcode": "44149",
        "city": "Dortmund",
        "room": "Aula",
        "arrival_note": "Eingang am Hof, Parken an der Turnhalle, Haltestelle Kley.",
        "accessibility": "Stufenlos, Aufzug.",
    }
    return scheduling.Venue(**given | fields)


def slot(start: datetime | None = None, **fields: Any) -> scheduling.Slot:
    """The only slot of a plain meeting."""
    begin = start or starts_at()
    given: dict[str, Any] = {
        "slot_id": SLOT,
        "label": "",
        "starts_at": begin,
        "ends_at": begin + timedelta(minutes=165),
        "capacity": 20,
    }
    return scheduling.Slot(**given | fields)


def meeting_fields(**fields: Any) -> dict[str, Any]:
    """What all facts about a meeting say."""
    begin = fields.pop("start", None) or starts_at()
    given: dict[str, Any] = {
        "revision": next(_revisions),
        "meeting_id": MEETING,
        "network_id": NETWORK,
        "slug": "praktika",
        "state": "published",
        "title": "Netzwerktreffen: Praktika, die passen",
        "description": "Wir planen gemeinsam.",
        "focus_topic": "Praktika",
        "starts_at": begin,
        "ends_at": begin + timedelta(minutes=165),
        "time_zone": "Europe/Berlin",
        "venue": venue(),
        "agenda": [
            scheduling.AgendaItem(starts_at=begin, title="Begrüßung", speaker="Eva Expertin")
        ],
        "admission": "open",
        "registration_opens_at": None,
        "registration_closes_at": None,
        "seats_per_company": None,
        "approval": False,
        "waitlist": "strict",
        "slots": [slot(begin)],
    }
    return given | fields


def published(**fields: Any) -> scheduling.MeetingPublished:
    """A meeting that can be booked."""
    return scheduling.MeetingPublished(**meeting_fields(**fields))


def changed(*names: str, tell: bool = False, **fields: Any) -> scheduling.MeetingChanged:
    """A meeting after an edit of the named fields."""
    changes = [scheduling.Change(field=name, before="", after="") for name in names]
    return scheduling.MeetingChanged(**meeting_fields(**fields), changes=changes, tell=tell)


def meeting_cancelled(**fields: Any) -> scheduling.MeetingCancelled:
    """A meeting that does not take place."""
    given = {"reason": "Wasser im Keller.", "state": "cancelled"} | fields
    reason = given.pop("reason")
    return scheduling.MeetingCancelled(**meeting_fields(**given), reason=reason)


def registered(kind: type[Any], state: str, **fields: Any) -> Any:
    """A fact of *kind* about a registration of two."""
    moment = now()
    given: dict[str, Any] = {
        "revision": next(_revisions),
        "registration_id": REGISTRATION,
        "network_id": NETWORK,
        "meeting_id": MEETING,
        "meeting_revision": 0,
        "slot_id": SLOT,
        "linked_to": None,
        "state": state,
        "previous_state": "",
        "seats": 2,
        "company": registration.Company(
            company_id=UUID(int=31), name="Bäckerei Größmann", postcode="44149", district=""
        ),
        "contact": registration.Contact(
            contact_id=UUID(int=32), name="Anna Ampel", email="anna@betrieb.example", phone=""
        ),
        "attendees": [CONTACT, COLLEAGUE],
        "language": "de",
        "signed_up_at": moment,
        "verified_at": None if state == "held" else moment,
        "held_until": moment + timedelta(hours=48) if state == "held" else None,
        "link_version": 1,
        "on_behalf": False,
        "reason": "",
    }
    return kind(**given | fields)


def held(**fields: Any) -> registration.RegistrationHeld:
    """Seats held until the address is confirmed."""
    return registered(registration.RegistrationHeld, "held", **fields)


def confirmed(**fields: Any) -> registration.RegistrationConfirmed:
    """The seats are theirs."""
    given = {"previous_state": "held"} | fields
    return registered(registration.RegistrationConfirmed, "confirmed", **given)


def waitlisted(**fields: Any) -> registration.RegistrationWaitlisted:
    """No seats now."""
    given = {"reason": "full", "position": 3, "verified_at": None} | fields
    return registered(registration.RegistrationWaitlisted, "waitlisted", **given)


def registration_changed(*changes: str, **fields: Any) -> registration.RegistrationChanged:
    """Attendees or seats changed."""
    given = {"removed_attendees": [], "changes": list(changes), "previous_state": "confirmed"}
    return registered(registration.RegistrationChanged, "confirmed", **given | fields)


def registration_cancelled(**fields: Any) -> registration.RegistrationCancelled:
    """Given up."""
    given = {"reason": "contact", "previous_state": "confirmed"} | fields
    return registered(registration.RegistrationCancelled, "cancelled", **given)


def invited(**fields: Any) -> registration.InvitationIssued:
    """Somebody is asked personally."""
    given: dict[str, Any] = {
        "revision": next(_revisions),
        "invitation_id": INVITATION,
        "network_id": NETWORK,
        "meeting_id": MEETING,
        "company_name": "Dachdecker Kowalski",
        "contact_name": "Gerda Gast",
        "contact_email": "gerda@betrieb.example",
        "language": "de",
        "link_version": 1,
        "reminder_number": 0,
        "on_recommendation_of": "",
    }
    return registration.InvitationIssued(**given | fields)


def read(fact: Any) -> scene.Meeting:
    """The meeting as notifications reads it."""
    return scene.read_meeting(json.loads(payload_json(fact)))


def sender() -> scene.Network:
    """The network as mails know it."""
    return scene.Network(
        id=NETWORK,
        revision=1,
        name="Ausbildung im Quartier, Netzwerk Dortmund-West",
        contact_name="Kora Dinator",
        contact_email="netzwerk@stadt.example",
        contact_phone="+49 231 555 0100",
    )


def envelope_of(fact: Fact) -> Envelope:
    """The fact as it travels."""
    return Envelope(
        id=new_id(),
        name=fact.wire_name(),
        version=fact.VERSION,
        publisher=fact.PUBLISHER,
        occurred_at=now(),
        correlation_id="test",
        aggregate_id=fact.aggregate_id,
        revision=fact.revision,
        payload=json.loads(payload_json(fact)),
    )


@dataclass
class Desk:
    """Notifications as it hears facts, without any queue between."""

    database: Database

    def hear(self, *facts: Fact) -> None:
        """Apply the facts in this order. AssertionError where one is not done."""
        for fact in facts:
            self.hear_envelope(envelope_of(fact))

    def hear_envelope(self, envelope: Envelope) -> None:
        """Apply one envelope; a second time it changes nothing."""
        receive(self.database, SERVICE, envelope)

    def opened(self) -> Desk:
        """With a network and a published meeting."""
        self.hear(network(revision=0), published(revision=0))
        return self

    def mails(self, kind: str | None = None) -> Sequence[Mail]:
        """All mails, oldest first."""
        query = select(Mail).order_by(Mail.id)
        if kind:
            query = query.where(Mail.kind == kind)
        with self.database.reading() as session:
            return session.scalars(query).all()

    def kinds(self) -> list[tuple[str, str]]:
        """(kind, recipient's name before the @) of all mails, oldest first."""
        return [(mail.kind, mail.recipient.partition("@")[0]) for mail in self.mails()]
