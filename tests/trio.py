"""The three services in one process: a planned meeting, people who sign up, events carried, mails sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from services.notifications.mailer import Mailer
from services.notifications.smtp import Courier
from services.registration.domain.invitations import InvitedContact
from services.registration.models import Meeting, Registration
from services.registration.use_cases.changes import change, seats_of
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.invitations import issue
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from shared.settings import Settings, parse_smtp_url
from tests import factories
from tests.carrier import SERVICES, Carrier
from tests.databases import Servers
from tests.integration.registration_stories import confirmed, sign
from tests.integration.scheduling_desk import Desk, open_desk
from tests.mails import Sink
from tests.servers import free_port


@dataclass
class Trio:
    """What coordinators and companies do, without a process between."""

    settings: Settings
    carrier: Carrier
    desk: Desk
    mailer: Mailer
    sink: Sink

    @property
    def registration(self) -> Database:
        """Where seats are decided."""
        return self.carrier.databases["registration"]

    def publish(self, **fields: Any) -> Any:
        """A published meeting with one slot, known everywhere; its ids."""
        network = self.desk.network(slug=f"netz-{factories.number()}")
        venue = self.desk.venue(network["id"])
        body = factories.meeting(network["id"], venue["id"], **fields)
        made = self.desk.call("POST", "/meetings", body, 201)
        self.desk.call("POST", f"/meetings/{made['id']}/publish")
        self.carrier.drain()
        slots = [SimpleNamespace(slot_id=UUID(slot["id"])) for slot in made["slots"]]
        return SimpleNamespace(id=made["id"], slots=slots)

    def signed_up(self, meeting: Any, **values: Any) -> SignedUp:
        """Somebody hands in the form."""
        return sign(self.registration, meeting, **values)

    def confirmed(self, meeting: Any, **values: Any) -> SignedUp:
        """Somebody hands in the form and follows the link."""
        done = self.signed_up(meeting, **values)
        confirmed(self.registration, done)
        return done

    def resized(self, done: SignedUp, seats: int) -> None:
        """Somebody comes with more or fewer."""
        with self.registration.transaction() as session:
            row = session.get_one(Registration, done.id)
            change(session, done.id, seats_of(row, seats), now())

    def cancelled(self, done: SignedUp) -> None:
        """Somebody does not come."""
        with self.registration.transaction() as session:
            cancel(session, done.id, now(), by=BY_CONTACT)

    def invited(self, meeting: Any) -> UUID:
        """A coordinator asks somebody; the id of the invitation."""
        contact = InvitedContact(
            company="Gastbetrieb", name="Gerda Gast", email=factories.address()
        )
        with self.registration.transaction() as session:
            row = session.get_one(Meeting, UUID(meeting.id))
            return issue(session, row, [contact], now=now()).invitations[0].id

    def by_the_clock(self, service: str, moment: datetime) -> None:
        """All periodic work of a service as of *moment*."""
        for job in SERVICES[service].periodic:
            extra = (self.settings,) if job.with_settings else ()
            job.run(self.carrier.databases[service], moment, *extra)

    def settle(self) -> None:
        """Until nothing is on its way and no mail is due."""
        self.carrier.drain()
        while self.mailer.turn():
            pass


@contextmanager
def open_trio(servers: Servers, settings: Settings) -> Iterator[Trio]:
    """On emptied databases, with a mail server of its own."""
    carrier = Carrier(servers)
    sink = Sink(free_port()).start()
    mailer = Mailer(settings, Courier(parse_smtp_url(f"smtp://127.0.0.1:{sink.port}?tls=none")))
    try:
        with open_desk(carrier.databases["scheduling"], settings) as desk:
            carrier.drain()
            yield Trio(settings, carrier, desk, mailer, sink)
    finally:
        mailer.close()
        sink.stop()
