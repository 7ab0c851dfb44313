"""The operations pages for admins: what is wrong, queues, processes, parked events, the last check.

Each service shows its own part under its own address; tabs lead to the others.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from shared.language import gettext as _
from shared.messaging import condition, parked, troubles
from shared.messaging.checks import SENTENCES
from shared.observability import get_logger
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import reading, runtime, settings, transaction

TABS = {
    "registration": "/coordination/operations",
    "scheduling": "/scheduling/operations",
    "notifications": "/notifications/operations",
}
MOST_SHOWN = 50
LONGEST_REASON = 300

log = get_logger("operations")


def blueprint(prefix: str) -> Blueprint:
    """The pages of one service."""
    made = Blueprint("operations", __name__, url_prefix=f"{prefix or '/coordination'}/operations")
    made.add_url_rule("", view_func=overview)
    made.add_url_rule("/parked/<uuid:event_id>", view_func=event)
    made.add_url_rule("/parked/<uuid:event_id>/retry", view_func=retry, methods=["POST"])
    made.add_url_rule("/parked/<uuid:event_id>/drop", view_func=drop, methods=["POST"])
    return made


@coordinators("admin")
def overview() -> str:
    """How this service does."""
    own = runtime()
    with reading() as session:
        connection = session.connection()
        seen = condition.look(connection, own.service)
        found = [*condition.troubles(seen), *own.operations.troubles(connection)]
        return render_template(
            "operations/overview.html",
            **_common(),
            seen=seen,
            found=[
                (trouble, troubles.what(trouble), troubles.remedy(trouble)) for trouble in found
            ],
            parked=parked.list_parked(session)[:MOST_SHOWN],
            dropped=parked.list_dropped(session),
            part=own.operations.template,
            values=own.operations.values(connection),
            **_check(seen),
        )


def _check(seen: condition.Condition) -> dict[str, Any]:
    results = seen.check.results if seen.check else []
    return {
        "broken": [
            (result, _(SENTENCES.get(result.name, result.name)))
            for result in results
            if not result.holds
        ],
        "holding": [
            _(SENTENCES.get(result.name, result.name)) for result in results if result.holds
        ],
    }


def _common() -> dict[str, Any]:
    own = runtime()
    return {
        "service": own.service,
        "tabs": [(name, troubles.part_word(name), url) for name, url in TABS.items()],
        "words": troubles.part_word,
        "duration": troubles.duration,
        "home": TABS[own.service],
        "tz": settings().time_zone,
    }


@coordinators("admin")
def event(event_id: UUID) -> str:
    """One parked event. Its content is not shown: it may open somebody's account."""
    return _event_page(event_id)


def _event_page(event_id: UUID, errors: dict[str, list[str]] | None = None) -> str:
    with reading() as session:
        row = parked.show(session, event_id)
        if row is None or row.state not in {"parked", "dropped", "new"}:
            abort(404)
        return render_template(
            "operations/event.html",
            **_common(),
            row=row,
            behind=parked.count_behind(session, row),
            values=request.form,
            errors=errors or {},
        )


@coordinators("admin")
def retry(event_id: UUID) -> Response:
    """Let it be tried again, with all its attempts."""
    with transaction() as session:
        done = parked.retry(session, event_id)
    if done:
        _log("parked_retried", event_id)
        flash(_("The event is tried again within a few seconds."), "success")
    else:
        flash(_("This event is not parked any more."), "warning")
    return redirect(TABS[runtime().service], 303)


@coordinators("admin")
def drop(event_id: UUID) -> Response | tuple[str, int]:
    """Give it up, with a reason."""
    reason = " ".join(request.form.get("reason", "").split())
    if not reason or len(reason) > LONGEST_REASON:
        text = _("Please say in a few words why.")
        return _event_page(event_id, {"reason": [text]}), 422
    with transaction() as session:
        done = parked.drop(session, event_id, reason=reason)
    if done:
        _log("parked_dropped", event_id)
        flash(_("The event was given up. Later ones of the same thing go on."), "success")
    else:
        flash(_("This event is not parked any more."), "warning")
    return redirect(TABS[runtime().service], 303)


def _log(what: str, event_id: UUID) -> None:
    coordinator_id = str(current_coordinator().id)
    log.info(what, event_id=str(event_id), coordinator_id=coordinator_id)
