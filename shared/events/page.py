"""Writes docs/events.md from the routes: ``python -m shared.events.page > docs/events.md``."""

from __future__ import annotations

import sys

from marshmallow import Schema, fields

from shared.events.envelope import Fact, schema_of
from shared.events.routes import ROUTES

HEAD = """# Events

Facts that travel between the services: immutable, in the past tense, with the whole state a reader needs.
Written by `python -m shared.events.page > docs/events.md`; a test refuses a stale copy.

Every fact travels in an envelope: `id`, `name`, `version`, `publisher`, `occurred_at`, `correlation_id`,
`aggregate_id`, `revision`, `payload`, signed for its receiver. Projections drop older revisions.

| fact | publisher | registration | scheduling | notifications | version |
|---|---|---|---|---|---|
"""
COLUMNS = ("registration", "scheduling", "notifications")


def page() -> str:
    """The whole page."""
    rows = "".join(_row(fact) for fact in ROUTES)
    return HEAD + rows + "".join(_section(fact) for fact in ROUTES)


def _row(fact: type[Fact]) -> str:
    marks = " | ".join("●" if service in ROUTES[fact] else "" for service in COLUMNS)
    name = fact.wire_name()
    return f"| [{name}](#{name.lower()}) | {fact.PUBLISHER} | {marks} | {fact.VERSION} |\n"


def _section(fact: type[Fact]) -> str:
    text = " ".join((fact.__doc__ or "").split())
    return (
        f"\n## {fact.wire_name()}\n\n{text}\n\n"
        f"About `{fact.AGGREGATE}`. Fields: {_fields(schema_of(fact))}.\n"
    )


def _fields(schema: Schema) -> str:
    return ", ".join(_field(name, field) for name, field in sorted(schema.fields.items()))


def _field(name: str, field: fields.Field[object]) -> str:
    inner = field.inner if isinstance(field, fields.List) else field
    mark = "?" if field.allow_none else ""
    many = "[]" if isinstance(field, fields.List) else ""
    if isinstance(inner, fields.Nested):
        return f"`{name}{many}{mark}` ({_fields(inner.schema)})"
    return f"`{name}{many}{mark}`"


if __name__ == "__main__":
    sys.stdout.write(page())
