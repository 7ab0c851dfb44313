"""The form in which facts travel: base class, registry, envelope, signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

MAX_ENVELOPE_BYTES = 512 * 1024


class BadEnvelope(ValueError):  # noqa: N818 - says what it is
    """The message is foreign, forged, malformed or of an unknown kind; the text says which."""

    TELLS_NOBODY = True  # names of fields and facts, never their values


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened, in the past tense; carries the whole state a reader needs.

    ``revision`` rises with every change of the aggregate, so that a reader can drop older ones.
    """

    VERSION: ClassVar[int] = 1
    PUBLISHER: ClassVar[str]
    AGGREGATE: ClassVar[str]  # the field that identifies what the fact is about

    revision: int

    @property
    def aggregate_id(self) -> UUID:
        """What the fact is about."""
        identifier: UUID = getattr(self, self.AGGREGATE)
        return identifier

    @classmethod
    def wire_name(cls) -> str:
        """The name on the wire."""
        return cls.__name__


class BaseSchema(Schema):
    """Reads what a newer publisher may have enriched: unknown fields are left out."""

    class Meta:
        unknown = EXCLUDE

    BUILDS: ClassVar[type | None] = None

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Any:
        """The dataclass this schema stands for."""
        return self.BUILDS(**data) if self.BUILDS else data


class FactSchema(BaseSchema):
    """The fields every fact has."""

    revision = fields.Integer(required=True, strict=True)


F = TypeVar("F", bound=type[Fact])
_REGISTRY: dict[str, tuple[type[Fact], Schema]] = {}
_UPGRADES: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}


def register(fact: F, schema: type[FactSchema]) -> None:
    """Make *fact* known by its name; its payload is checked by *schema* when it arrives."""
    schema.BUILDS = fact
    _REGISTRY[fact.wire_name()] = (fact, schema())


def upgrade(name: str, version: int) -> Callable[..., Any]:
    """Decorates the function that turns the payload of *version* into that of the next one."""

    def keep(function: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
        _UPGRADES[name, version] = function
        return function

    return keep


def known_facts() -> dict[str, type[Fact]]:
    """All facts by name."""
    return {name: fact for name, (fact, _) in _REGISTRY.items()}


def schema_of(fact: type[Fact]) -> Schema:
    """The schema that checks the payload of *fact*."""
    return _REGISTRY[fact.wire_name()][1]


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return value.__dict__
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot travel in a fact")


# Built once: an encoder per call costs more than the encoding.
_encode = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":")).encode


def payload_json(fact: Fact) -> str:
    """The payload as JSON text."""
    return _encode(fact)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What travels: a fact's payload and what the transport must know of it."""

    id: UUID
    name: str
    version: int
    publisher: str
    occurred_at: datetime
    correlation_id: str
    aggregate_id: UUID
    revision: int
    payload: dict[str, Any]

    def to_json(self) -> str:
        """The text that is signed and published."""
        return _encode(self)

    def refuse_impostor(self) -> None:
        """Raises BadEnvelope where a service tells what only another one can know."""
        known = _REGISTRY.get(self.name)
        if known is not None and self.publisher != known[0].PUBLISHER:
            raise BadEnvelope(f"{self.name} is not for {self.publisher!r} to tell")

    def fact(self) -> Fact:
        """The fact inside, upgraded to the newest version. Raises BadEnvelope."""
        if self.name not in _REGISTRY:
            raise BadEnvelope(f"unknown fact {self.name!r}")
        self.refuse_impostor()
        kind, schema = _REGISTRY[self.name]
        payload = self.payload
        for version in range(self.version, kind.VERSION):
            payload = _UPGRADES[self.name, version](payload)
        try:
            fact: Fact = schema.load(payload)
        except ValidationError as error:
            raise BadEnvelope(f"{self.name}: {error.messages}") from error
        return fact


class EnvelopeSchema(BaseSchema):
    """The envelope on the wire."""

    BUILDS = Envelope

    id = fields.UUID(required=True)
    name = fields.String(required=True, validate=validate.Length(max=80))
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    publisher = fields.String(required=True, validate=validate.Length(max=40))
    occurred_at = fields.AwareDateTime(required=True)
    correlation_id = fields.String(required=True, validate=validate.Length(max=64))
    aggregate_id = fields.UUID(required=True)
    revision = fields.Integer(required=True, strict=True)
    payload = fields.Dict(required=True)


_envelope_schema = EnvelopeSchema()


def read_envelope(text: str) -> Envelope:
    """Check and read what arrived. Raises BadEnvelope for what is no envelope, or an impostor's."""
    if len(text) > MAX_ENVELOPE_BYTES:
        raise BadEnvelope("larger than any fact")
    try:
        envelope: Envelope = _envelope_schema.load(json.loads(text))
    except (ValueError, RecursionError, ValidationError) as error:
        raise BadEnvelope("not an envelope") from error
    # Before it is stored: parked, it would keep the true facts about the same thing from their effect.
    envelope.refuse_impostor()
    return envelope


class Signer:
    """Signs messages for one receiver; a signature made for another receiver is refused."""

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        self._keys = [key.encode() for key in secret_keys]

    def sign(self, text: str, receiver: str) -> str:
        """Hexadecimal HMAC-SHA256 over *text*, bound to *receiver*, with the newest key."""
        return self._signature(self._keys[0], text, receiver)

    def check(self, text: str, signature: str, receiver: str) -> None:
        """Raises BadEnvelope unless one of the keys made *signature* for *receiver*."""
        given = signature.encode("utf-8", "replace")
        for key in self._keys:
            expected = self._signature(key, text, receiver).encode()
            if hmac.compare_digest(expected, given):
                return
        raise BadEnvelope("wrong signature")

    @staticmethod
    def _signature(key: bytes, text: str, receiver: str) -> str:
        message = f"treffpunkt.envelope:{receiver}\n{text}".encode()
        return hmac.new(key, message, hashlib.sha256).hexdigest()
