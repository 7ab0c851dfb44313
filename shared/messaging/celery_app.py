"""The tasks of one service and the worker that runs them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from celery.app.trace import setup_worker_optimizations
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init, worker_shutdown
from kombu.asynchronous import set_event_loop

from shared.clock import now
from shared.database import Database
from shared.events.envelope import BadEnvelope, Signer, read_envelope
from shared.messaging import daily, inbox, receipts, signs
from shared.messaging.broker import make_celery
from shared.messaging.cleaning import CLEANING
from shared.messaging.publisher import Publisher, PublishFailed
from shared.messaging.watchdog import Watchdog
from shared.observability import correlated, count, get_logger
from shared.telling_errors import described

if TYPE_CHECKING:
    from shared.messaging.service import Periodic, Service
    from shared.settings import Settings

log = get_logger("messaging.worker")


class ServiceTasks:
    """The tasks of one service, each a translation of one message into one call."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.signer = Signer(settings.secret_keys)
        self.database = Database(
            settings.database_url(service.name), f"treffpunkt-{service.name}-worker", pool_size=4
        )
        self.periodic: dict[str, Periodic] = {
            job.name: job for job in (*service.periodic, *CLEANING)
        }
        self.publisher = Publisher(f"{service.name}-receipts", settings)
        self.heart = signs.Heart(f"worker-{service.name}")
        self.app = make_celery(f"{service.name}-worker", settings)
        self._add("receive", self.receive)
        self._add("ask", self.ask)
        self._add("receipts", self.receipts)
        self._add("canary", self.canary)
        self._add("sweep", self.sweep)
        self._add("periodic", self.run_periodic)

    def _add(self, name: str, function: Callable[..., None]) -> None:
        # shared=False: otherwise the task lands in every Celery app of this process.
        self.app.task(function, name=f"{self.service.name}.{name}", shared=False)

    def _checked(self, body: str, signature: str) -> bool:
        try:
            self.signer.check(body, signature, self.service.name)
        except (BadEnvelope, AttributeError, TypeError) as error:
            count("messages_refused")
            log.warning("message_refused", service=self.service.name, reason=described(error))
            return False
        return True

    def receive(self, body: str, signature: str) -> None:
        """Store and apply one envelope; a foreign or forged one is refused."""
        if not self._checked(body, signature):
            return
        try:
            envelope = read_envelope(body)
        except BadEnvelope as error:
            count("messages_refused")
            log.warning("message_refused", service=self.service.name, reason=described(error))
            return
        with correlated(envelope.correlation_id):
            inbox.receive(self.database, self.service, envelope)

    def ask(self, body: str, signature: str) -> None:
        """Tell a publisher which of its events are known here."""
        if not self._checked(body, signature):
            return
        publisher, answer = receipts.answer(self.database, self.service.name, body)
        try:
            self.publisher.publish(publisher, "receipts", answer, expires=receipts.ANSWER_EXPIRES)
        except PublishFailed as error:
            log.warning("receipt_not_sent", reason=described(error))  # it will be asked for again

    def receipts(self, body: str, signature: str) -> None:
        """Learn which of our events a subscriber has."""
        if self._checked(body, signature):
            receipts.learn(self.database, body)

    def canary(self, body: str, signature: str) -> None:
        """A canary came all the way from the relay: this queue is being worked off."""
        if not self._checked(body, signature):
            return
        with self.database.single_statement() as connection:
            signs.canary_arrived(connection, self.service.name, body)
            self.heart.beat(connection)

    def sweep(self) -> None:
        """Start again what is due in the inbox. That this was asked for shows that beat lives."""
        if self.heart.is_due():
            with self.database.single_statement() as connection:
                self.heart.beat(connection, heard="beat")
        with correlated(None):
            inbox.sweep(self.database, self.service)

    def run_periodic(self, name: str) -> None:
        """One turn of a periodic job."""
        job = self.periodic.get(name)
        if job is None:
            log.warning("periodic_unknown", service=self.service.name, job=str(name)[:80])
            return
        moment = now()
        work = partial(job.run, self.database, moment, *self._extra(job))
        with correlated(None):
            if job.hour is None:
                work()
            else:
                daily.run_if_due(self.database, job.name, moment, hour=job.hour, run=work)

    def _extra(self, job: Periodic) -> list[Settings]:
        return [self.settings] if job.with_settings else []


class WorkerProcess:
    """The worker of one service. Built before a fork, its process shares with its siblings what that took."""

    def __init__(
        self, service: Service, settings: Settings, *, pool: str = "prefork", concurrency: int = 2
    ) -> None:
        self.tasks = ServiceTasks(service, settings)
        self.pool = pool
        self.tasks.app.steps["consumer"].add(Watchdog)
        # Otherwise it would take the event loop of the worker that was built before, and its own timer,
        # by which the watchdog looks, would never run.
        set_event_loop(None)
        with warnings.catch_warnings():
            # Celery's advice against root is about pickle, and would be said where people read.
            warnings.simplefilter("ignore", SecurityWarning)
            self.worker = self.tasks.app.Worker(
                pool=pool,
                concurrency=concurrency,
                queues=[service.name],
                loglevel=logging.WARNING,
                quiet=True,  # its banner is no line of a log
                without_gossip=True,
                without_mingle=True,
                without_heartbeat=True,
                hostname=f"{service.name}@treffpunkt",
            )

    def run(self) -> None:
        """Consume the queue of the service until TERM (finishes what runs) or QUIT."""
        # The last worker that was built is the one that this process would be for Celery.
        setup_worker_optimizations(self.tasks.app, self.worker.hostname)
        self.worker.hub.reset()  # a poller of its own, not one shared with the parent
        set_event_loop(self.worker.hub)
        worker_process_init.connect(self._forget_connections, weak=False)
        worker_shutdown.connect(self._close_connections, weak=False)
        log.info("worker_started", service=self.tasks.service.name, pool=self.pool)
        self.worker.start()

    def _forget_connections(self, **_: object) -> None:
        self.tasks.database.dispose()

    def _close_connections(self, **_: object) -> None:
        self.tasks.database.close()
