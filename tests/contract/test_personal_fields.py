"""No fact with a participant in it is forgotten when people are: each text of each fact is one or the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema, fields

from shared.events import notifications, scheduling
from shared.events.envelope import Fact, schema_of
from shared.events.routes import ROUTES
from shared.events.scrubbing import without_people
from shared.identifiers import new_id
from shared.messaging import erasures

WORD = "Kanarienvogel"
# Coordinators, whom their own clock forgets, and what stands on public pages.
NOT_OF_PARTICIPANTS = {
    scheduling.NetworkSaved,
    scheduling.CoordinatorSaved,
    scheduling.PasswordLinkRequested,
    scheduling.MeetingPublished,
    scheduling.MeetingChanged,
    scheduling.MeetingCancelled,
}
# Texts that say nothing of a person; a company's name goes only where it is that of its contact.
IMPERSONAL = {
    "answer",
    "changes",
    "company.district",
    "company.name",
    "company.postcode",
    "company_name",
    "kind",
    "language",
    "planned.kind",
    "previous_state",
    "reason",
    "state",
    "subjects.kind",
}
FACTS = [fact for fact in ROUTES if fact not in NOT_OF_PARTICIPANTS]


def filled(schema: Schema) -> dict[str, Any]:
    """A payload with the same word in every text."""
    return {name: value_of(field) for name, field in schema.fields.items()}


def value_of(field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.List):
        return [value_of(field.inner)]
    if isinstance(field, fields.Nested):
        return filled(field.schema)
    if isinstance(field, fields.UUID):
        return str(new_id())
    return WORD if isinstance(field, fields.String) else 1


def texts(value: Any, path: str = "") -> Iterator[str]:
    """Where the word stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path)
    elif value == WORD:
        yield path


def names(fact: type[Fact]) -> str:
    return fact.wire_name()


@pytest.mark.parametrize("fact", FACTS, ids=names)
def test_without_people_only_impersonal_texts_are_left(fact: type[Fact]) -> None:
    payload = filled(schema_of(fact))

    assert set(texts(without_people(payload))) <= IMPERSONAL


@pytest.mark.parametrize("fact", FACTS, ids=names)
def test_a_fact_with_participants_is_found_when_they_are_forgotten(fact: type[Fact]) -> None:
    payload = filled(schema_of(fact))
    personal = set(texts(payload)) - IMPERSONAL

    looked_at = {*erasures.PERSONAL, notifications.MailFailed.wire_name()}
    assert (fact.wire_name() in looked_at) is bool(personal)
    assert bool(personal) is (json.dumps(without_people(payload)) != json.dumps(payload))
