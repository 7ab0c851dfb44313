"""The Celery app of one service: settings with their reasons, its tasks, its worker."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.signals import worker_process_init, worker_shutdown
from kombu.entity import Queue

from shared.clock import now
from shared.database import Database
from shared.events.envelope import BadEnvelope, Signer, read_envelope
from shared.messaging import inbox, receipts
from shared.messaging.cleaning import CLEANING
from shared.messaging.watchdog import Watchdog
from shared.observability import correlated, get_logger
from shared.settings import SERVICES

if TYPE_CHECKING:
    from shared.messaging.service import Periodic, Service
    from shared.settings import Settings

log = get_logger("messaging.worker")


def make_celery(name: str, settings: Settings) -> Celery:
    """A Celery app that is neither current nor default, so that several live in one process."""
    app = Celery(f"treffpunkt-{name}", broker=settings.redis_url, set_as_current=False)
    app.conf.update(_configuration(name, settings))
    return app


def _configuration(name: str, settings: Settings) -> dict[str, Any]:
    timeout = settings.visibility_timeout
    return {
        "broker_transport_options": {
            # All apps on one Redis must agree; the shortest value wins.
            "visibility_timeout": timeout,
            "unacked_restore_interval": 10,  # what a dead worker held comes back soon
            "unacked_restore_throttle": 1,
            "socket_timeout": 10,  # without it a black-holed Redis blocks for ever
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 25,  # notices a half-open connection
            "client_name": f"treffpunkt-{name}",
        },
        "visibility_timeout": timeout,
        # Queues on the default exchange only: bindings of named ones vanish with a flush, silently.
        "task_queues": [
            Queue(service, routing_key=service)  # type: ignore[no-untyped-call]
            for service in SERVICES
        ],
        "task_create_missing_queues": False,
        "task_default_queue": SERVICES[0],
        # Nothing but JSON is ever decoded.
        "task_serializer": "json",
        "accept_content": ["json"],
        # No result backend: nobody waits, and its keys would grow in Redis.
        "task_ignore_result": True,
        "result_backend": None,
        # Acknowledge after the work; a killed child gives its message back; failures are in the inbox.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_acks_on_failure": True,
        "task_acks_on_timeout": False,
        # Far below the visibility timeout, so that no running task is delivered twice.
        "task_soft_time_limit": 90,
        "task_time_limit": 120,
        # The relay repeats from the database; a second retry loop would only hide the state.
        "task_publish_retry": False,
        "worker_prefetch_multiplier": 1,  # what is fetched and not started is lost with the worker
        "worker_max_tasks_per_child": 1000,  # bounds leaks (prefork)
        "worker_soft_shutdown_timeout": 20,  # after a warm stop runs out
        # Remote control and events leave orphaned keys in Redis.
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,  # our JSON lines stay
        "worker_redirect_stdouts": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # a worker waits for Redis as long as it takes
        "timezone": "UTC",
        "enable_utc": True,
    }


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
        if self._checked(body, signature):
            receipts.answer(self.database, self.app, self.signer, self.service.name, body)

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
