"""Imports everything once in the parent, so that its forked children share the memory."""

from __future__ import annotations

import gc
from importlib import import_module

from shared.settings import SERVICES

LIBRARIES = (
    "aiosmtpd.smtp",
    "alembic.command",
    "alembic.runtime.migration",
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


def freeze() -> None:
    """Take what is loaded out of the garbage collector's sight: it would write into shared pages."""
    gc.collect()
    gc.freeze()
