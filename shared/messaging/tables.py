"""The tables of outbox, inbox and signs of life; the same stand in every service's database."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.database import NAMING

metadata = MetaData(naming_convention=NAMING)

outbox_event = Table(
    "outbox_event",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Index("ix_outbox_event_aggregate_id", "aggregate_id"),
)

# pending: due_at says when to publish (again). published: due_at says when to ask for the receipt.
outbox_delivery = Table(
    "outbox_delivery",
    metadata,
    Column("event_id", Uuid, ForeignKey("outbox_event.id", ondelete="CASCADE"), primary_key=True),
    Column("subscriber", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("asks", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("received_at", DateTime(timezone=True)),
    Column("last_error", Text),
    CheckConstraint("state in ('pending', 'published', 'received')", name="state"),
    Index(
        "ix_outbox_delivery_open",
        "state",
        "due_at",
        postgresql_where=text("state <> 'received'"),
    ),
)

# new: to be done (attempts counts its starts, due_at when the sweep may start it again).
inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("publisher", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("envelope", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    Column("last_error", Text),
    CheckConstraint("state in ('new', 'done', 'parked', 'dropped')", name="state"),
    Index("ix_inbox_due", "due_at", postgresql_where=text("state = 'new'")),
    Index(
        "ix_inbox_unfinished",
        "aggregate_id",
        "revision",
        postgresql_where=text("state in ('new', 'parked')"),
    ),
    Index("ix_inbox_done_at", "done_at"),
)

# Each process of ours writes here every few seconds over a connection it has anyway (signs.py).
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("process", Text, primary_key=True),
    Column("instance", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("trouble", Text),
    Column("figures", JSONB, nullable=False),
)

# The newest canary that came through the queue of this service; both times by the database's clock.
canary = Table(
    "canary",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False),
)

# The newest run of each daily job of this service (daily.py).
daily_run = Table(
    "daily_run",
    metadata,
    Column("job", Text, primary_key=True),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
)

# One row per invariant and check; the newest check is the rows of the newest checked_at (checks.py).
invariant_check = Table(
    "invariant_check",
    metadata,
    Column("check_id", Uuid, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    Column("cause", Text, nullable=False),  # nightly, command
    Column("number", Integer, nullable=False),  # of what breaks it
    Column("breaks", JSONB, nullable=False),  # the first of these: [{thing, id, says}], ids only
    Index("ix_invariant_check_checked_at", "checked_at"),
)

# Whose data were erased: ids only, so that what arrives late, is replayed or restored is emptied again.
# aggregate_id: whose facts name the subject. settled_at: nothing was left when it was looked through again.
erasure = Table(
    "erasure",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("aggregate_id", Uuid, nullable=False),
    Column("erasure_id", Uuid, nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    Column("settled_at", DateTime(timezone=True)),
    CheckConstraint(
        "kind in ('registration', 'seat', 'invitation', 'recommendation')", name="kind"
    ),
    Index("ix_erasure_erasure_id", "erasure_id"),
    Index("ix_erasure_unsettled", "erased_at", postgresql_where=text("settled_at is null")),
)
