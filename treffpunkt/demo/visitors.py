"""The demo's side of registration: companies that came, come, wait, think it over, or do not come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.domain.invitations import InvitedContact
from services.registration.handlers import HANDLERS
from services.registration.models import Attendee, Invitation, Meeting, Network, Registration
from services.registration.use_cases import approval, giving_up
from services.registration.use_cases.check_ins import check_in, lock_attendee
from services.registration.use_cases.confirmation import confirm
from services.registration.use_cases.invitation_answers import Yes, pass_on, say_no, say_yes
from services.registration.use_cases.invitations import issue
from services.registration.use_cases.mails import keep_failure
from services.registration.use_cases.sign_up import Person, Terms, Wish
from services.registration.use_cases.submission import submit_within
from shared.events.envelope import Envelope
from shared.events.notifications import MailFailed
from shared.identifiers import new_id
from shared.links import LinkTarget
from treffpunkt.demo import data
from treffpunkt.demo.data import FIRMS, Firm

HOLD = timedelta(hours=48)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def make(session: Session, facts: Sequence[Envelope], *, now: datetime) -> None:
    """Everything that visitors would have done, in one transaction; nothing where somebody did already."""
    for envelope in facts:
        fact = envelope.fact()
        # The same facts arrive by the queues as well; whichever is second changes nothing.
        HANDLERS[type(fact)](session, fact, envelope)
    network = session.scalar(select(Network).where(Network.slug == data.NETWORK_SLUG))
    if network is None or session.scalar(
        select(Registration.id).where(Registration.network_id == network.id).limit(1)
    ):
        return
    past, coming, invited, talks = _meetings(session, network.id)
    _held_meeting(session, past)
    _coming_meeting(session, coming, now)
    _invitations(session, coming, now)
    _invited_meeting(session, invited, now)
    _talks(session, talks, now)


def _meetings(session: Session, network_id: UUID) -> tuple[Meeting, Meeting, Meeting, Meeting]:
    by_title = {
        meeting.title: meeting
        for meeting in session.scalars(select(Meeting).where(Meeting.network_id == network_id))
    }
    first, second, third = (by_title[title] for title, *_rest in data.SERIES)
    return first, second, third, by_title[data.TALK_DAY[0]]


def sign_up(
    session: Session,
    meeting: Meeting,
    firm: Firm,
    at: datetime,
    *,
    seats: int = 1,
    slot: int = 0,
    terms: Terms | None = None,
    **changed: str | None,
) -> UUID:
    """What *firm* would have sent by the form at that time; the registration's id."""
    people = (Person(firm.contact), Person(firm.colleague), Person("N. N."))[:seats]
    given = {"company_name": firm.name, "postcode": firm.postcode, "email": firm.email} | changed
    wish = Wish(
        slot_id=meeting.slots[slot].id,
        company_name=given["company_name"] or "",
        postcode=given["postcode"] or "",
        district=firm.district if given["postcode"] == firm.postcode else "",
        contact_name=firm.contact,
        email=given["email"],
        phone=firm.phone,
        attendees=people,
        language="de",
        note=given.get("note") or "",
    )
    return submit_within(session, wish, terms or Terms(hold=HOLD), at).id


def come(
    session: Session, meeting: Meeting, firm: Firm, at: datetime, *, seats: int = 1, slot: int = 0
) -> UUID:
    """Sign up and confirm the address a little later."""
    made = sign_up(session, meeting, firm, at, seats=seats, slot=slot)
    confirm(session, made, at + HOUR / 2)
    return made


def _held_meeting(session: Session, meeting: Meeting) -> None:
    """Twelve companies had registered, ten came."""
    for number, firm in enumerate(FIRMS[:12]):
        at = meeting.starts_at - (30 - number) * DAY
        made = come(session, meeting, firm, at, seats=1 + number % 2)
        if number not in {4, 9}:
            _arrive(session, made, meeting.starts_at + number * timedelta(minutes=1))


def _arrive(session: Session, registration_id: UUID, at: datetime) -> None:
    people = session.scalars(
        select(Attendee.id).where(Attendee.registration_id == registration_id)
    ).all()
    for attendee_id in people:
        check_in(session, lock_attendee(session, attendee_id, at), now=at, by=None)


def _coming_meeting(session: Session, meeting: Meeting, now: datetime) -> None:
    for number, firm in enumerate(FIRMS[:9]):
        come(session, meeting, firm, now - (20 - number) * DAY, seats=1 + (number % 3 == 0))
    telephone = Terms(hold=HOLD, on_behalf=True, proved=True)
    behalf = now - 2 * DAY
    sign_up(session, meeting, FIRMS[16], behalf, terms=telephone, email=None, note="telefonisch")
    _gone(session, meeting, now)
    # Outside the three districts: a person decides.
    confirm(session, sign_up(session, meeting, FIRMS[20], now - 5 * HOUR, postcode="44135"), now)
    confirm(session, sign_up(session, meeting, FIRMS[21], now - 3 * HOUR, postcode="44263"), now)
    refused = sign_up(session, meeting, FIRMS[22], now - 6 * DAY, postcode="58095")
    approval.decline(
        session,
        refused,
        now - 5 * DAY,
        reason="Das Treffen ist für Unternehmen im Dortmunder Westen.",
    )
    # The last seats: held by three, and whoever comes later waits.
    for firm, seats, hours in ((FIRMS[10], 3, 7), (FIRMS[11], 3, 6), (FIRMS[13], 2, 4)):
        sign_up(session, meeting, firm, now - hours * HOUR, seats=seats)
    for firm, hours in ((FIRMS[14], 3), (FIRMS[15], 2)):
        confirm(session, sign_up(session, meeting, firm, now - hours * HOUR, seats=2), now - HOUR)


def _gone(session: Session, meeting: Meeting, now: datetime) -> None:
    """One signed off, one never confirmed the address."""
    off = come(session, meeting, FIRMS[18], now - 10 * DAY, seats=2)
    giving_up.cancel(session, off, now - HOUR, by=giving_up.BY_CONTACT)
    sign_up(session, meeting, FIRMS[19], now - 4 * DAY)
    giving_up.expire_overdue(session, meeting.slots[0].id, now - DAY)


def _invitations(session: Session, meeting: Meeting, now: datetime) -> None:
    """Fourteen were asked: some say yes, some no, one sends a colleague, one mail does not arrive."""
    asked = [*FIRMS[:5], FIRMS[5], FIRMS[9], FIRMS[12], *FIRMS[17:24]]
    issued = issue(session, meeting, [contact_of(firm) for firm in asked], now=now - 9 * DAY)
    by_email = {one.email: one for one in issued.invitations}
    for number, firm in enumerate(FIRMS[:5]):
        yes = Yes(people=_present(session, meeting, firm))
        target = _link(by_email[firm.email])
        say_yes(session, target, yes, hold=HOLD, now=now - (8 - number) * DAY)
    say_no(session, _link(by_email[FIRMS[12].email]), now=now - 5 * DAY)
    say_no(session, _link(by_email[FIRMS[17].email]), now=now - 4 * DAY)
    colleague = Person(FIRMS[9].colleague, "kaya@hotel-kokerei.example")
    pass_on(session, _link(by_email[FIRMS[9].email]), colleague, now=now - 3 * DAY)
    _bounce(session, by_email[FIRMS[23].email], now - 8 * DAY)


def _present(session: Session, meeting: Meeting, firm: Firm) -> tuple[Person, ...]:
    names = session.scalars(
        select(Attendee.name)
        .join(Registration, Registration.id == Attendee.registration_id)
        .where(Registration.meeting_id == meeting.id, Registration.email == firm.email)
        .order_by(Attendee.position)
    ).all()
    return tuple(Person(name) for name in names)


def contact_of(firm: Firm) -> InvitedContact:
    """The person of *firm* who is asked."""
    return InvitedContact(firm.name, firm.contact, firm.email)


def _link(invitation: Invitation) -> LinkTarget:
    return LinkTarget(invitation.id, invitation.link_version)


def _bounce(session: Session, invitation: Invitation, at: datetime) -> None:
    failed = MailFailed(
        revision=1,
        mail_id=new_id(),
        kind="invitation",
        recipient=invitation.email,
        registration_id=None,
        invitation_id=invitation.id,
        failed_at=at,
    )
    keep_failure(session, failed)


def _invited_meeting(session: Session, meeting: Meeting, now: datetime) -> None:
    contacts = [contact_of(firm) for firm in FIRMS[:8]]
    issued = issue(session, meeting, contacts, now=now - 2 * DAY)
    for invitation in issued.invitations[:2]:
        yes = Yes(people=(Person(invitation.contact_name),))
        say_yes(session, _link(invitation), yes, hold=HOLD, now=now - DAY)


def _talks(session: Session, meeting: Meeting, now: datetime) -> None:
    """Most talks of the morning are taken, one has a queue, the noon is free."""
    for number, firm in enumerate(FIRMS[2:15]):
        come(session, meeting, firm, now - (12 - number // 2) * DAY, slot=number // 2)
    confirm(session, sign_up(session, meeting, FIRMS[24], now - 5 * HOUR, slot=0), now - 4 * HOUR)
    # Known by the mail domain, but under another name: is it the same company?
    other = replace(
        FIRMS[0],
        name="Krüger Stahlbau GmbH",
        contact="Gerd Stahl",
        email="g.stahl@metallbau-krueger.example",
    )
    sign_up(session, meeting, other, now - HOUR, slot=7)
