"""Whether a web process lives and can serve: PREFIX/health/live, PREFIX/health/ready, PREFIX/metrics."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from shared.database import is_unavailable
from shared.web.auth import public
from shared.web.context import database, runtime

_OUTBOX = text("""
    select subscriber, count(*) as depth,
           coalesce(extract(epoch from now() - min(event.occurred_at)), 0) as age
    from outbox_delivery delivery join outbox_event event on event.id = delivery.event_id
    where delivery.state = 'pending' group by subscriber
""")
_INBOX = text(
    "select state, count(*) as number from inbox where state in ('new', 'parked') group by state"
)


def health_blueprint(prefix: str) -> Blueprint:
    """The three routes of one service."""
    blueprint = Blueprint("health", __name__, url_prefix=prefix or None)
    blueprint.add_url_rule("/health/live", view_func=live)
    blueprint.add_url_rule("/health/ready", view_func=ready)
    blueprint.add_url_rule("/metrics", view_func=metrics)
    return blueprint


@public
def live() -> Response:
    """The process answers."""
    return jsonify({"status": "live", "service": runtime().service})


@public
def ready() -> tuple[Response, int]:
    """The process can serve: its database answers and is migrated."""
    problem = _database_problem()
    body = {"status": "not ready" if problem else "ready", "service": runtime().service}
    if problem:
        return jsonify({**body, "problem": problem}), 503
    return jsonify(body), 200


def _database_problem() -> str | None:
    try:
        with database().single_statement() as connection:
            # Closed afterwards, not kept: a pool that nobody needs yet stays empty.
            connection.detach()
            if not connection.scalar(text("select to_regclass('alembic_version') is not null")):
                return "database: not migrated; run `treffpunkt migrate`"
    except Exception as error:
        if not is_unavailable(error):
            raise
        return "database: does not answer"
    return None


@public
def metrics() -> Response:
    """What this service has to send and to finish, for Prometheus."""
    registry = CollectorRegistry()
    depth = Gauge(
        "treffpunkt_outbox_depth", "Deliveries to send", ["subscriber"], registry=registry
    )
    age = Gauge(
        "treffpunkt_outbox_age_seconds",
        "Age of the oldest of them",
        ["subscriber"],
        registry=registry,
    )
    inbox = Gauge("treffpunkt_inbox_events", "Unfinished events", ["state"], registry=registry)
    with database().single_statement() as connection:
        for row in connection.execute(_OUTBOX):
            depth.labels(row.subscriber).set(row.depth)
            age.labels(row.subscriber).set(float(row.age))
        for row in connection.execute(_INBOX):
            inbox.labels(row.state).set(row.number)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
