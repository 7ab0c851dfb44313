"""The three services joined by hand: facts go over one by one, any of them late, to whom is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text, update

from services.notifications.mailer import Mailer
from services.registration.models import Slot
from services.registration.use_cases.confirmation import confirm
from services.registration.use_cases.sign_up import Person, SignedUp, Terms, Wish
from services.registration.use_cases.submission import submit
from shared.clock import now
from shared.database import Database
from shared.events.envelope import Envelope
from shared.messaging import inbox
from shared.messaging.outbox import envelope_of
from shared.messaging.tables import outbox_delivery, outbox_event
from shared.settings import Settings
from tests import canary
from tests.integration.registration_stories import HOLD
from tests.integration.scheduling_desk import Desk, token_of
from tests.mails import Sink
from treffpunkt.services import messaging_service

Sent = tuple[str, Envelope]
TERMS = Terms(hold=HOLD)


@dataclass
class Town:
    """Three databases; *away* are the services that hear nothing at present."""

    databases: dict[str, Database]
    settings: Settings
    desk: Desk
    sink: Sink
    away: set[str] = field(default_factory=set)

    def published(self, slug: str = "dortmund-west", **fields: Any) -> dict[str, Any]:
        """A meeting of a network of its own, known everywhere."""
        venue = self.desk.venue(self.desk.network(slug=slug)["id"])
        meeting: dict[str, Any] = self.desk.meeting(venue, **fields)
        self.desk.call("POST", f"/meetings/{meeting['id']}/publish")
        self.deliver()
        return meeting

    def sign_up(
        self,
        meeting: dict[str, Any],
        *people: Person,
        terms: Terms = TERMS,
        **fields: Any,
    ) -> SignedUp:
        """The canary signs up, with others."""
        wish = Wish(
            **{
                "slot_id": UUID(meeting["slots"][0]["id"]),
                "company_name": "Dachdeckerei Kowalski",
                "contact_name": canary.NAME,
                "email": canary.EMAIL,
                "phone": canary.PHONE,
                "attendees": people or (Person(canary.NAME, canary.EMAIL),),
                "language": "de",
                **fields,
            }
        )
        return submit(self.databases["registration"], wish, terms, now())

    def registered(self, meeting: dict[str, Any], *people: Person, **fields: Any) -> UUID:
        """And confirms the address."""
        done = self.sign_up(meeting, *people, **fields)
        with self.databases["registration"].transaction() as session:
            confirm(session, done.id, now())
        return done.id

    def take(self) -> list[Sent]:
        """What would be on its way to those who are there: to deliver, or to keep for later."""
        taken = []
        for publisher, database in self.databases.items():
            with database.transaction() as session:
                rows = session.execute(_pending(self.away)).all()
                taken += [(row.subscriber, envelope_of(publisher, row)) for row in rows]
                for row in rows:
                    session.execute(_received(row))
        return taken

    def give(self, sent: list[Sent]) -> None:
        """Let it arrive."""
        for subscriber, envelope in sent:
            inbox.receive(self.databases[subscriber], messaging_service(subscriber), envelope)

    def deliver(self) -> None:
        """Until nothing is on its way."""
        while sent := self.take():
            self.give(sent)

    def mail(self) -> None:
        """Send what is due."""
        mailer = Mailer(self.settings)
        while mailer.turn():
            pass
        mailer.close()

    def later(self, job: str, moment: datetime) -> None:
        """What the clock does in every service at *moment*."""
        for name, database in self.databases.items():
            for periodic in messaging_service(name).periodic:
                if periodic.name == job:
                    extra = [self.settings] if periodic.with_settings else []
                    periodic.run(database, moment, *extra)

    def seats(self, meeting: dict[str, Any]) -> tuple[int, int]:
        """Taken in registration, confirmed on scheduling's roster."""
        slot_id = UUID(meeting["slots"][0]["id"])
        with self.databases["registration"].reading() as session:
            taken = session.get_one(Slot, slot_id).taken
        query = text("select confirmed_seats from slot where id = :id")
        with self.databases["scheduling"].reading() as session:
            return taken, session.execute(query, {"id": slot_id}).scalar_one()

    def make_past(self, meeting: dict[str, Any], days: int) -> None:
        """The meeting was so many days ago, wherever it is known."""
        values = {"ended": now() - timedelta(days=days), "id": UUID(meeting["id"])}
        span = "starts_at = :ended - interval '2 hours', ends_at = :ended"
        for name, database in self.databases.items():
            used = ", uses_from = :ended - interval '2 hours', uses_until = :ended"
            more = used if name == "scheduling" else ""
            with database.transaction() as session:
                session.execute(text(f"update meeting set {span}{more} where id = :id"), values)
                if name != "notifications":
                    session.execute(text(f"update slot set {span} where meeting_id = :id"), values)

    def traces(self) -> set[str]:
        """Where the canary is named: service.table."""
        return {
            f"{name}.{table}"
            for name, database in self.databases.items()
            for table in canary.in_tables(database)
        }


def _pending(away: set[str]) -> Any:
    return (
        select(outbox_event, outbox_delivery.c.subscriber)
        .join(outbox_delivery, outbox_delivery.c.event_id == outbox_event.c.id)
        .where(outbox_delivery.c.state == "pending", outbox_delivery.c.subscriber.not_in(away))
        .order_by(outbox_event.c.id)
    )


def _received(row: Any) -> Any:
    return (
        update(outbox_delivery)
        .where(outbox_delivery.c.event_id == row.id, outbox_delivery.c.subscriber == row.subscriber)
        .values(state="received", received_at=now())
    )


def town_of(
    databases: dict[str, Database], settings: Settings, scheduling: Flask, sink: Sink
) -> Town:
    """All three, with an administrator at scheduling's API."""
    token = token_of(databases["scheduling"], settings, "a@stadt.example", "admin")
    desk = Desk(scheduling, databases["scheduling"], settings, token)
    return Town(databases, settings, desk, sink)
