"""How Celery and Redis are used: every setting with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import Celery
from kombu.entity import Queue

from shared.settings import SERVICES

if TYPE_CHECKING:
    from shared.settings import Settings


# A worker whose clock is ahead would take every message for expired, and do no work at all.
CLOCKS_APART = 600.0  # seconds


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
            "health_check_interval": 10,  # a half-open connection is noticed within 21 s
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
        **_TASKS,
        **_WORKERS,
    }


_TASKS: dict[str, Any] = {
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
}

_WORKERS: dict[str, Any] = {
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
