"""Workers that are built in one process, before it forks, share nothing that one of them needs alone."""

from __future__ import annotations

import subprocess
import sys

from tests.stack import ROOT

# In a process of its own: a worker changes the process in which it is built.
BUILD = """
from shared.messaging.celery_app import WorkerProcess
from shared.settings import SERVICES
from tests.factories import make_settings
from treffpunkt.services import messaging_service

urls = {f"{name}_database_url": f"postgresql:///{name}" for name in SERVICES}
settings = make_settings(redis_url="redis://127.0.0.1:1/0", **urls)
workers = [WorkerProcess(messaging_service(name), settings, pool="solo").worker for name in SERVICES]
print(len({id(worker.hub) for worker in workers}), [w.hub.timer is w.timer for w in workers])
"""


def test_each_has_an_event_loop_that_runs_its_own_timer() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "3 [True, True, True]\n"
