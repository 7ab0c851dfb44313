"""The tasks of one service and the worker that runs them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from celery.signals import worker_process_init, worker_shutdown

from shared.clock import now
from shared.database import Database
from shared.events.envelope import BadEnvelope, Signer, read_envelope
from shared.messaging import inbox, receipts
from shared.messaging.broker import make_celery
from shared.messaging.cleaning import CLEANING
from shared.messaging.publisher import Publisher, PublishFailed
from shared.messaging.watchdog import Watchdog
from shared.observability import correlated, get_logger

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
        self.app = make_celery(f"{service.name}-worker", settings)
        self._add("receive", self.receive)
        self._add("ask", self.ask)
        self._add("receipts", self.receipts)
        self._add("sweep", self.sweep)
        self._add("periodic", self.run_periodic)

    def _add(self, name: str, function: Callable[..., None]) -> None:
        # shared=False: otherwise the task lands in every Celery app of this process.
        self.app.task(function, name=f"{self.service.name}.{name}", shared=False)

    def _checked(self, body: str, signature: str) -> bool:
        try:
            self.signer.check(body, signature, self.service.name)
        except (BadEnvelope, AttributeError, TypeError) as error:
            log.warning("message_refused", service=self.service.name, reason=str(error))
            return False
        return True

    def receive(self, body: str, signature: str) -> None:
        """Store and apply one envelope; a foreign or forged one is refused."""
        if not self._checked(body, signature):
            return
        try:
            envelope = read_envelope(body)
        except BadEnvelope as error:
            log.warning("message_refused", service=self.service.name, reason=str(error))
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
            log.warning("receipt_not_sent", reason=str(error))  # it will be asked for again

    def receipts(self, body: str, signature: str) -> None:
        """Learn which of our events a subscriber has."""
        if self._checked(body, signature):
            receipts.learn(self.database, body)

    def sweep(self) -> None:
        """Start again what is due in the inbox."""
        with correlated(None):
            inbox.sweep(self.database, self.service)

    def run_periodic(self, name: str) -> None:
        """One turn of a periodic job."""
        job = self.periodic.get(name)
        if job is None:
            log.warning("periodic_unknown", service=self.service.name, job=str(name)[:80])
            return
        with correlated(None):
            job.run(self.database, now())


def run_worker(
    service: Service, settings: Settings, *, pool: str = "prefork", concurrency: int = 2
) -> None:
    """Consume the queue of *service* until TERM (finishes what runs) or QUIT."""
    tasks = ServiceTasks(service, settings)
    tasks.app.steps["consumer"].add(Watchdog)

    def forget_connections(**_: object) -> None:
        tasks.database.dispose()

    def close_connections(**_: object) -> None:
        tasks.database.close()

    worker_process_init.connect(forget_connections, weak=False)
    worker_shutdown.connect(close_connections, weak=False)
    worker = tasks.app.Worker(
        pool=pool,
        concurrency=concurrency,
        queues=[service.name],
        loglevel=logging.WARNING,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        hostname=f"{service.name}@treffpunkt",
    )
    log.info("worker_started", service=service.name, pool=pool)
    worker.start()
