"""The promises between services: shapes of facts, their routes, their handlers, their page."""

from __future__ import annotations

import dataclasses
import json
from importlib import import_module
from pathlib import Path

import pytest

from shared.clock import now
from shared.events.envelope import (
    Envelope,
    Fact,
    known_facts,
    payload_json,
    read_envelope,
    schema_of,
)
from shared.events.page import page
from shared.events.routes import ROUTES
from shared.identifiers import new_id
from shared.settings import SERVICES

HERE = Path(__file__).parent
SAMPLES = sorted((HERE / "samples").glob("*.json"))
FACTS = sorted(known_facts().values(), key=lambda fact: fact.wire_name())


def wrapped(name: str, version: int, payload: dict[str, object]) -> Envelope:
    fact = known_facts()[name]
    return Envelope(
        id=new_id(),
        name=name,
        version=version,
        publisher=fact.PUBLISHER,
        occurred_at=now(),
        correlation_id="sample",
        aggregate_id=new_id(),
        revision=1,
        payload=payload,
    )


def test_every_fact_has_a_route() -> None:
    assert set(ROUTES) == set(known_facts().values())


@pytest.mark.parametrize("service", SERVICES)
def test_handlers_are_exactly_the_routes(service: str) -> None:
    handlers = import_module(f"services.{service}.handlers").HANDLERS
    assert set(handlers) == {fact for fact, receivers in ROUTES.items() if service in receivers}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.wire_name())
def test_fields_of_fact_and_schema_are_the_same(fact: type[Fact]) -> None:
    assert set(schema_of(fact).fields) == {field.name for field in dataclasses.fields(fact)}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.wire_name())
def test_every_version_has_a_frozen_sample(fact: type[Fact]) -> None:
    names = {path.name for path in SAMPLES}
    wanted = {f"{fact.wire_name()}.v{version}.json" for version in range(1, fact.VERSION + 1)}
    assert wanted <= names


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_frozen_sample_is_still_understood(path: Path) -> None:
    name, version = path.stem.split(".v")
    sample = json.loads(path.read_text(encoding="utf-8"))
    fact = wrapped(name, int(version), sample).fact()
    again = schema_of(type(fact)).load(json.loads(payload_json(fact)))
    assert again == fact
    if int(version) == type(fact).VERSION:
        assert json.loads(payload_json(fact)) == sample


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_unknown_fields_of_a_newer_publisher_are_left_out(path: Path) -> None:
    name, version = path.stem.split(".v")
    sample = json.loads(path.read_text(encoding="utf-8")) | {"from_the_future": 1}
    envelope = wrapped(name, int(version), sample)
    assert read_envelope(envelope.to_json()).fact() == wrapped(name, int(version), sample).fact()


def test_page_of_events_is_up_to_date() -> None:
    written = (HERE.parent.parent / "docs" / "events.md").read_text(encoding="utf-8")
    assert written == page(), "write it anew: python -m shared.events.page > docs/events.md"
