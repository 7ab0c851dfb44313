"""Who was asked to a meeting, who answered what, and whom else one could ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from services.registration.domain.lifecycle import LIVING
from services.registration.domain.names import search_query, sort_key
from services.registration.models import (
    Company,
    Contact,
    FailingAddress,
    Invitation,
    Registration,
)
from shared.paging import Page, counted, paged, window

ANSWERS = ("yes", "no", "colleague", "registered", "silent", "failed")
MOST_KNOWN = 300


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An invitation with what became of it."""

    invitation: Invitation
    bounced: bool
    registration_id: UUID | None
    registration_state: str | None

    @property
    def state(self) -> str:
        """As the chip shows it: yes, no, colleague, silent, failed, or how the registration stands."""
        if self.invitation.answer:
            return self.invitation.answer
        if self.registration_state:
            living = self.registration_state in LIVING
            return "registered" if living else self.registration_state
        return "failed" if self.bounced else "silent"


def _bounces() -> ColumnElement[bool]:
    return exists().where(FailingAddress.email_key == Invitation.email_key)


def _of_address() -> ColumnElement[bool]:
    return (Registration.meeting_id == Invitation.meeting_id) & (
        Registration.email_key == Invitation.email_key
    )


def registered() -> ColumnElement[bool]:
    """The condition that the invited address signed up without the link, whatever became of it."""
    return (Invitation.answer == "") & exists().where(_of_address())


def silent() -> ColumnElement[bool]:
    """The condition of an invitation that is worth a reminder: nothing was heard, and mail does arrive."""
    return (Invitation.answer == "") & ~exists().where(_of_address()) & ~_bounces()


def _chosen(meeting_id: UUID, answer: str, q: str) -> Select[UUID]:
    chosen = select(Invitation.id).where(Invitation.meeting_id == meeting_id, _said(answer))
    if q:
        key = sort_key(q)
        chosen = chosen.where(
            or_(
                Invitation.company_sort.contains(key, autoescape=True),
                Invitation.contact_name.icontains(q, autoescape=True),
                Invitation.email_key.contains(q.lower(), autoescape=True),
            )
        )
    return chosen


def _said(answer: str) -> ColumnElement[bool]:
    if answer == "silent":
        return silent()
    if answer == "registered":
        return registered()
    if answer == "failed":
        return (Invitation.answer == "") & ~registered() & _bounces()
    return Invitation.answer == answer if answer in ANSWERS else true()


def invitations(
    session: Session, meeting_id: UUID, *, answer: str, q: str, number: int
) -> Page[Asked]:
    """A page of the invitations to a meeting, by company."""
    chosen = _chosen(meeting_id, answer, q)
    ordered = chosen.order_by(Invitation.company_sort, Invitation.id)
    ids = session.scalars(window(ordered, number=number)).all()
    by_id = {row.invitation.id: row for row in _loaded(session, ids)}
    asked = [by_id[identifier] for identifier in ids if identifier in by_id]
    return paged(asked, number=number, count=counted(session, chosen))


def _loaded(session: Session, ids: Sequence[UUID]) -> list[Asked]:
    own = aliased(Registration)
    # Of several claims of the address that is shown which still stands.
    by_address = (
        select(Registration.id)
        .where(_of_address())
        .order_by(Registration.state.in_(sorted(LIVING)).desc(), Registration.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Invitation, _bounces(), own.id, own.state)
        .outerjoin(own, own.id == func.coalesce(Invitation.registration_id, by_address))
        .where(Invitation.id.in_(ids))
    )
    return [
        Asked(
            invitation=invitation, bounced=bounced, registration_id=claim, registration_state=state
        )
        for invitation, bounced, claim, state in rows
    ]


def answers(session: Session, meeting_id: UUID) -> dict[str, int]:
    """How many said what; "registered", "silent" and "failed" are those without an answer."""
    row = session.execute(
        select(*(func.count().filter(_said(answer)) for answer in ANSWERS)).where(
            Invitation.meeting_id == meeting_id
        )
    ).one()
    return dict(zip(ANSWERS, row, strict=True))


def asked_addresses(session: Session, meeting_id: UUID, keys: Collection[str]) -> set[str]:
    """Which of the addresses have been asked to this meeting."""
    return set(
        session.scalars(
            select(Invitation.email_key).where(
                Invitation.meeting_id == meeting_id,
                Invitation.email_key.in_(keys),
            )
        )
    )


@dataclass(frozen=True)
class KnownContact:
    """Somebody who can be asked again."""

    contact_id: UUID
    company: str
    name: str
    email: str
    district: str


def _known(row: Any) -> KnownContact:
    return KnownContact(*row)


def known_contacts(
    session: Session, network_id: UUID, meeting_id: UUID, *, q: str = ""
) -> Sequence[KnownContact]:
    """Contacts with a confirmed address in the network, neither asked to this meeting nor ever registered for it."""
    # The company is named because its registrations are indexed: no list of all is looked through.
    signed_up = exists().where(
        Registration.company_id == Company.id,
        Registration.contact_id == Contact.id,
        Registration.network_id == network_id,
    )
    asked = exists().where(
        Invitation.meeting_id == meeting_id,
        Invitation.email_key == Contact.email_key,
    )
    heard_of = exists().where(
        Registration.meeting_id == meeting_id,
        Registration.company_id == Company.id,
        Registration.contact_id == Contact.id,
    )
    failing = exists().where(FailingAddress.email_key == Contact.email_key)
    chosen = (
        select(Contact.id, Company.name, Contact.name, Contact.email, Company.district)
        .join(Company, Company.id == Contact.company_id)
        .where(Contact.verified_at.is_not(None), Contact.email.is_not(None))
        .where(signed_up, ~asked, ~heard_of, ~failing)
        .order_by(Company.sort_key, Contact.id)
        .limit(MOST_KNOWN)
    )
    if words := search_query(q):
        found = (
            select(Registration.contact_id)
            .where(
                Registration.network_id == network_id,
                Registration.search.op("@@")(func.to_tsquery("simple", words)),
            )
            .limit(MOST_KNOWN)
        )
        chosen = chosen.where(Contact.id.in_(found))
    return [_known(row) for row in session.execute(chosen)]


def contacts_by_id(
    session: Session, network_id: UUID, ids: Collection[UUID]
) -> Sequence[KnownContact]:
    """Those of the ticked contacts that belong to the network."""
    signed_up = exists().where(
        Registration.contact_id == Contact.id, Registration.network_id == network_id
    )
    rows = session.execute(
        select(Contact.id, Company.name, Contact.name, Contact.email, Company.district)
        .join(Company, Company.id == Contact.company_id)
        .where(Contact.id.in_(ids), Contact.email.is_not(None), signed_up)
        .order_by(Company.sort_key, Contact.id)
    )
    return [_known(row) for row in rows]
