"""Whether a web process lives and can serve, and what is wrong around it: PREFIX/health/live, PREFIX/health/ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from shared.database import is_unavailable, newest_revision
from shared.language import speaking
from shared.messaging import condition, troubles
from shared.messaging.condition import Trouble
from shared.web.auth import public
from shared.web.context import database, runtime
from shared.web.operations import metrics

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def blueprint(prefix: str) -> Blueprint:
    """The three routes of one service that machines look at."""
    made = Blueprint("health", __name__, url_prefix=prefix or None)
    made.add_url_rule("/health/live", view_func=live)
    made.add_url_rule("/health/ready", view_func=ready)
    made.add_url_rule("/metrics", view_func=metrics.metrics)
    return made


@public
def live() -> Response:
    """The process answers."""
    return jsonify({"status": "live", "service": runtime().service})


@public
def ready() -> tuple[Response, int]:
    """The process can serve: its database answers and is migrated. Troubles elsewhere are named, too."""
    found: list[Trouble] = []
    problem = _database_problem(found)
    for trouble in found:
        if trouble.grave and not problem:
            with speaking("en"):
                problem = troubles.what(trouble)
    body: dict[str, Any] = {
        "status": "not ready" if problem else "ready",
        "service": runtime().service,
    }
    if problem:
        body["problem"] = problem
    body["troubles"] = [_described(trouble) for trouble in found]
    return jsonify(body), 503 if problem else 200


def _database_problem(found: list[Trouble]) -> str | None:
    try:
        with database().single_statement() as connection:
            # Closed afterwards, not kept: a pool that nobody needs yet stays empty.
            connection.detach()
            if not _is_migrated(connection):
                return "database: not migrated; run `treffpunkt migrate`"
            found += all_troubles(connection)
    except Exception as error:
        if not is_unavailable(error):
            raise
        return "database: does not answer"
    return None


def _is_migrated(connection: Connection) -> bool:
    if not connection.scalar(text("select to_regclass('alembic_version') is not null")):
        return False
    present = connection.scalar(text("select max(version_num) from alembic_version"))
    # A newer one too: while an update is rolled out, this process may be the older one.
    return present is not None and str(present) >= newest_revision(runtime().service)


def all_troubles(connection: Connection) -> list[Trouble]:
    """What is wrong around this service, its own part included."""
    own = runtime()
    seen = condition.look(connection, own.service)
    return [*condition.troubles(seen), *own.operations.troubles(connection)]


def _described(trouble: Trouble) -> dict[str, str]:
    with speaking("en"):
        return {
            "code": trouble.code,
            "subject": trouble.subject,
            "text": troubles.what(trouble),
        }
