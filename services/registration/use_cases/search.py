"""Keeping a claim findable by the words that stand in it."""

from __future__ import annotations

from sqlalchemy import func

from services.registration.domain.names import search_words
from services.registration.models import Registration


def refresh_search(claim: Registration) -> None:
    """Find *claim* by its present company, contact and people."""
    people = [text for person in claim.attendees for text in (person.name, person.email)]
    words = search_words(claim.company_name, claim.contact_name, claim.email, *people)
    claim.search = func.to_tsvector("simple", words)
