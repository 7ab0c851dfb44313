"""Companies as coordinators look at them: by word and district, with how often they came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, distinct, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, selectinload

from services.registration.domain.names import search_query, sort_key
from services.registration.models import (
    Attendee,
    Company,
    CompanyDomain,
    District,
    FailingAddress,
    Meeting,
    Registration,
)
from services.registration.queries.scope import within
from shared.paging import COUNTED, PAGE_SIZE, Page, counted, paged, window

Networks = Collection[UUID] | None
MIN_TELLING = 6  # letters that make a first word tell something


@dataclass(frozen=True)
class Attendance:
    """To how many of the meetings that were held a company came."""

    came: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who signed up for a company, as she was written down last in networks that one sees."""

    company_id: UUID
    name: str
    email: str | None
    email_key: str | None
    phone: str
    proved: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """A company in the list."""

    company: Company
    contacts: Sequence[Person]
    attendance: Attendance


def companies(
    session: Session, networks: Networks, *, q: str, district: str, number: int, now: datetime
) -> Page[Row]:
    """A page of the companies that have signed up to anything in *networks*."""
    chosen = _chosen(session, networks, q=q, district=district)
    ordered = chosen.order_by(Company.sort_key, Company.id)
    ids = session.scalars(window(ordered, number=number)).all()
    page = paged(ids, number=number, count=counted(session, chosen))
    return page.showing(_rows(session, networks, page.rows, now))


def _chosen(session: Session, networks: Networks, *, q: str, district: str) -> Select[Any]:
    chosen = select(Company.id)
    if networks is not None:
        signed_up = exists().where(
            Registration.company_id == Company.id, Registration.network_id.in_(networks)
        )
        chosen = chosen.where(signed_up)
    if district:
        chosen = chosen.where(Company.district == district)
    if q:
        chosen = chosen.where(_found(session, networks, q))
    return chosen


def _found(session: Session, networks: Networks, q: str) -> ColumnElement[bool]:
    """Few are looked up by name first and then sorted; a list of many is walked in its order."""
    begins = Company.sort_key.startswith(sort_key(q), autoescape=True)
    by_name = session.scalars(select(Company.id).where(begins).limit(COUNTED + 1)).all()
    by_words = _by_registration(session, networks, q)
    if len(by_name) <= COUNTED:
        return Company.id.in_({*by_name, *by_words})
    return or_(begins, Company.id.in_(by_words))


def _by_registration(session: Session, networks: Networks, q: str) -> Sequence[UUID]:
    """Companies whose registrations in *networks* hold the words of *q*: names, people, addresses."""
    words = search_query(q)
    if not words:
        return []
    found = (
        select(Registration.company_id)
        .where(
            Registration.search.op("@@")(func.to_tsquery("simple", words)),
            within(Registration.network_id, networks),
        )
        .limit(COUNTED)
    )
    return list(set(session.scalars(found)))


def _rows(session: Session, networks: Networks, ids: Sequence[UUID], now: datetime) -> list[Row]:
    found = {row.id: row for row in session.scalars(select(Company).where(Company.id.in_(ids)))}
    contacts: dict[UUID, list[Person]] = {}
    for person in _people(session, networks, ids):
        contacts.setdefault(person.company_id, []).append(person)
    came = attendance(session, networks, ids, now)
    nothing = Attendance(0, 0)
    return [
        Row(company=found[i], contacts=contacts.get(i, []), attendance=came.get(i, nothing))
        for i in ids
    ]


def _people(session: Session, networks: Networks, ids: Sequence[UUID]) -> list[Person]:
    """Who signed up for these companies in *networks*, in order of their first sign-up anywhere.

    As they were written down there, what is proved before what is not: the contact that we recognise by an
    address may carry a name and a telephone number that were given to another network only.
    """
    claim = Registration
    by_herself = claim.verified_at.is_not(None) & ~claim.on_behalf
    proved = func.bool_or(by_herself).over(partition_by=(claim.company_id, claim.contact_id))
    rows = session.execute(
        select(
            claim.company_id,
            claim.contact_name.label("name"),
            claim.email,
            claim.email_key,
            claim.phone,
            proved.label("proved"),
        )
        .where(
            claim.company_id.in_(ids),
            within(claim.network_id, networks),
            claim.contact_name != "",  # empty ones were erased
        )
        .ext(distinct_on(claim.company_id, claim.contact_id))
        .order_by(claim.company_id, claim.contact_id, by_herself.desc(), claim.id.desc())
    )
    return [Person(**row) for row in rows.mappings()]


def attendance(
    session: Session, networks: Networks, ids: Sequence[UUID], now: datetime
) -> dict[UUID, Attendance]:
    """By company: of the meetings held since its first sign-up, at how many it had seats.

    Where somebody was checked in at a meeting, those who were not count as absent.
    """
    held = session.execute(
        select(Meeting.id, Meeting.network_id, Meeting.starts_at).where(
            within(Meeting.network_id, networks),
            Meeting.state == "published",
            Meeting.ends_at < now,
        )
    ).all()
    if not held or not ids:
        return {}
    meeting_ids = [row.id for row in held]
    checked = set(session.scalars(_with_check_in(meeting_ids)))
    came: dict[UUID, set[UUID]] = {}
    for company_id, meeting_id, arrived in session.execute(_claims_of(ids, meeting_ids)):
        if arrived or meeting_id not in checked:
            came.setdefault(company_id, set()).add(meeting_id)
    first: dict[UUID, datetime] = {row[0]: row[1] for row in session.execute(_first_sign_ups(ids))}
    return {
        i: Attendance(
            len(came.get(i, ())), sum(row.starts_at >= first[i] for row in held if i in first)
        )
        for i in ids
    }


def _with_check_in(meeting_ids: Sequence[UUID]) -> Select[Any]:
    has_arrived = exists().where(
        Registration.meeting_id == Meeting.id,
        Attendee.registration_id == Registration.id,
        Attendee.checked_in_at.is_not(None),
    )
    return select(Meeting.id).where(Meeting.id.in_(meeting_ids), has_arrived)


def _claims_of(ids: Sequence[UUID], meeting_ids: Sequence[UUID]) -> Select[UUID, UUID, int]:
    arrived = func.count(distinct(case((Attendee.checked_in_at.is_not(None), Attendee.id))))
    return (
        select(Registration.company_id, Registration.meeting_id, arrived)
        .outerjoin(Attendee, Attendee.registration_id == Registration.id)
        .where(
            Registration.company_id.in_(ids),
            Registration.meeting_id.in_(meeting_ids),
            Registration.state == "confirmed",
        )
        .group_by(Registration.company_id, Registration.meeting_id)
    )


def _first_sign_ups(ids: Sequence[UUID]) -> Select[UUID, datetime]:
    return (
        select(Registration.company_id, func.min(Registration.signed_up_at))
        .where(Registration.company_id.in_(ids))
        .group_by(Registration.company_id)
    )


def district_names(session: Session, networks: Networks) -> list[str]:
    """The districts of the networks, for the filter."""
    return list(
        session.scalars(
            select(District.name)
            .where(within(District.network_id, networks))
            .distinct()
            .order_by(District.name)
        )
    )


@dataclass(frozen=True, kw_only=True)
class CompanyView:
    """A company with all that is known of it."""

    company: Company
    contacts: Sequence[Person]
    domains: Sequence[str]
    registrations: Sequence[Registration]
    attendance: Attendance
    failing: Collection[str]
    alike: Sequence[Company]


def company_view(
    session: Session, company_id: UUID, networks: Networks, *, now: datetime
) -> CompanyView | None:
    """The company's page; None if it is unknown or never signed up in *networks*."""
    company = session.get(Company, company_id)
    registrations = session.scalars(
        select(Registration)
        .where(Registration.company_id == company_id, within(Registration.network_id, networks))
        .options(selectinload(Registration.meeting), selectinload(Registration.attendees))
        .order_by(Registration.id.desc())
        .limit(PAGE_SIZE)
    ).all()
    if company is None or (networks is not None and not registrations):
        return None
    contacts = _people(session, networks, [company_id])
    keys = [contact.email_key for contact in contacts if contact.email_key]
    return CompanyView(
        company=company,
        contacts=contacts,
        domains=session.scalars(
            select(CompanyDomain.domain).where(CompanyDomain.company_id == company_id)
        ).all(),
        registrations=registrations,
        attendance=attendance(session, networks, [company_id], now).get(
            company_id, Attendance(0, 0)
        ),
        failing=set(
            session.scalars(
                select(FailingAddress.email_key).where(FailingAddress.email_key.in_(keys))
            )
        ),
        alike=_alike(session, company, networks),
    )


def _alike(session: Session, company: Company, networks: Networks) -> Sequence[Company]:
    """Companies of the same name elsewhere, or whose name begins with the same long first word."""
    start = company.sort_key.split(" ")[0]
    if len(start) >= MIN_TELLING:
        alike = or_(
            Company.name_key == company.name_key,
            Company.sort_key.startswith(start, autoescape=True),
        )
    else:
        alike = Company.name_key == company.name_key
    chosen = _chosen(session, networks, q="", district="").where(Company.id != company.id, alike)
    return session.scalars(
        select(Company).where(Company.id.in_(chosen.limit(10))).order_by(Company.sort_key)
    ).all()
