"""A real worker whose handler takes its time and leaves one row per call; started by tests."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from kombu.transport.redis import QoS
from redis.exceptions import ConnectionError  # noqa: A004 - the error that Redis clients raise
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.events.envelope import Envelope
from shared.events.scheduling import NetworkSaved
from shared.messaging.celery_app import WorkerProcess
from shared.messaging.service import Service
from shared.observability import configure_logging
from shared.settings import load_settings

HANDLER_TAKES = 0.02  # seconds


def on_network_saved(session: Session, fact: NetworkSaved, _envelope: Envelope) -> None:
    """Slow enough to be in the middle of something when Redis dies."""
    time.sleep(HANDLER_TAKES)
    session.execute(
        text("insert into effect values (:n, :r)"), {"n": fact.name, "r": fact.revision}
    )


def lose_the_first_acknowledgement(marker: Path) -> None:
    """What a connection that breaks in the middle of work does to kombu: the slot is never freed."""
    acknowledge = QoS.ack

    def failing_once(self: QoS, delivery_tag: str) -> None:
        if not marker.exists():
            marker.touch()
            raise ConnectionError("as the test wishes")
        acknowledge(self, delivery_tag)

    QoS.ack = failing_once


def main(folder: str, pool: str, lose_acknowledgement: str = "") -> None:
    """Consume until told to stop; the settings lie in FOLDER/environment.json."""
    configure_logging("worker", "INFO")
    if lose_acknowledgement:
        lose_the_first_acknowledgement(Path(folder) / "acknowledgement-lost")
    environment = json.loads((Path(folder) / "environment.json").read_text())
    settings = load_settings(Path(folder), environment)
    handlers = {NetworkSaved: on_network_saved}
    WorkerProcess(
        Service(name="registration", handlers=handlers),
        settings,
        pool=pool,
        concurrency=1 if pool == "solo" else 2,
    ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
