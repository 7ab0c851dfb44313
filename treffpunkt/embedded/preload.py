"""Imports everything once in the parent, so that its forked children share the memory."""

from __future__ import annotations

import gc
from contextlib import suppress
from datetime import UTC
from importlib import import_module
from typing import TYPE_CHECKING

from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select
from sqlalchemy.orm import configure_mappers

from services.notifications.models import Mail
from services.registration.models import Registration
from shared.clock import now
from shared.database import Database
from shared.language import (
    LANGUAGES,
    date_leaf,
    format_moment,
    format_number,
    gettext,
    speaking,
)
from shared.messaging.publisher import Publisher, PublishFailed
from shared.observability import prepare_logging
from shared.settings import SERVICES

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from shared.settings import Settings

LIBRARIES = (
    "aiosmtpd.smtp",
    "billiard.pool",
    "celery.app.amqp",
    "celery.app.control",
    "celery.app.events",
    "celery.app.log",
    "celery.app.routes",
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.backends.base",
    "celery.concurrency.solo",
    "celery.events.dispatcher",
    "celery.events.receiver",
    "celery.fixups.django",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.consumer.delayed_delivery",
    "celery.worker.strategy",
    "encodings.idna",
    "gunicorn.app.base",
    "gunicorn.workers.gthread",
    "kombu.transport.redis",
    "psycopg",
    "smtplib",
    "sqlalchemy.dialects.postgresql.psycopg",
    "werkzeug.serving",
)
OURS = (
    *(f"services.{service}.{part}" for service in SERVICES for part in ("app", "worker")),
    "services.notifications.mailer",
    "shared.messaging.celery_app",
    "shared.messaging.relay",
    "treffpunkt.beat",
    "treffpunkt.mailbox.server",
    "treffpunkt.web_server",
)


def libraries() -> None:
    """Import all that any child needs. Starts no threads, opens no connections."""
    for name in (*LIBRARIES, *OURS):
        import_module(name)
    # Otherwise every child would do this for itself, at its first query and its first page.
    configure_mappers()
    for language in LANGUAGES:
        _speak(language)


def _speak(language: str) -> None:
    """Read the messages of *language*, and what its dates and numbers need."""
    with speaking(language):
        gettext("Mailbox")
        format_moment(now(), UTC)
        date_leaf(now(), UTC)
        format_number(1)


def templates(app: Flask, cache: Path) -> None:
    """Compile all templates of *app*, and keep the result in *cache* for the next start."""
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(cache))
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def rehearse(settings: Settings) -> None:
    """Speak to both servers once, as every child will; nothing stays open.

    What the libraries keep from a first time (parsed addresses, answers of type checks) is then shared, too.
    """
    prepare_logging(settings.log_level)
    for mapped in (Registration, Mail):
        service = mapped.__module__.split(".")[1]
        database = Database(settings.database_url(service), "treffpunkt-rehearsal", pool_size=1)
        try:
            with database.transaction() as session:
                session.execute(select(mapped).limit(1)).all()
        finally:
            database.close()
    publisher = Publisher("rehearsal", settings)
    # A Redis of others may be away: the children wait for it, and the pages say so.
    with suppress(PublishFailed):
        publisher.look(SERVICES[0])
    publisher.close()


def freeze() -> None:
    """Take what is loaded out of the garbage collector's sight: it would write into shared pages."""
    gc.collect()
    gc.freeze()
