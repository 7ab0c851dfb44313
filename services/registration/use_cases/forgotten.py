"""Contacts nobody needs any more, and companies that bore their names."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from services.registration.domain.names import search_words, sort_key
from services.registration.models import Company, CompanyDomain, Contact, Registration
from shared.events.scrubbing import without_person

LEAST_TELLING = 4  # letters


def contacts_of(session: Session, claims: Collection[Registration]) -> set[UUID]:
    """The contacts of *claims*, also those whose address was corrected since."""
    query = select(Contact.id).where(
        Contact.company_id.in_({claim.company_id for claim in claims}),
        Contact.name.in_({claim.contact_name for claim in claims if claim.contact_name}),
    )
    return {claim.contact_id for claim in claims} | set(session.scalars(query))


def forget_contacts(session: Session, ids: Collection[UUID]) -> int:
    """Empty those contacts that no registration with a name belongs to; how many."""
    needed = exists().where(Registration.contact_id == Contact.id, Registration.erased_at.is_(None))
    rows = session.scalars(
        select(Contact)
        .where(Contact.id.in_(ids), ~needed)
        .order_by(Contact.id)
        .with_for_update(key_share=True)
    ).all()
    for contact in rows:
        name = contact.name
        contact.name, contact.phone, contact.email, contact.email_key = "", "", None, None
        session.flush()
        _forget_name_of_company(session, contact.company_id, name)
    return len(rows)


def _forget_name_of_company(session: Session, company_id: UUID, person: str) -> None:
    """A company named after the person, and a mail domain with her name, tell of her as well."""
    company = session.get_one(Company, company_id, with_for_update={"key_share": True})
    for word in words_of(person):
        hers = CompanyDomain.domain.contains(word, autoescape=True)
        session.execute(delete(CompanyDomain).where(CompanyDomain.company_id == company_id, hers))
    name = without_person(company.name, person)
    if name != company.name:
        company.name, company.sort_key = name, sort_key(name)
        company.name_key = str(company.id)  # recognised by nobody


def words_of(person: str) -> list[str]:
    """The words of a name that tell something."""
    words = search_words(person).split()
    return [word for word in words if len(word) >= LEAST_TELLING]
