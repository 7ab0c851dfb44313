"""What a killed ``up`` left running, found by its pid files and ended before anything starts anew."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from treffpunkt.embedded.members import NAMES, SERVERS
from treffpunkt.embedded.processes import PidFile, end, send, started

if TYPE_CHECKING:
    from treffpunkt.embedded.folder import DataFolder

PATIENCE = 3.0  # seconds to finish what is being done


def end_leftovers(folder: DataFolder) -> list[str]:
    """End every recorded process that still lives; their names."""
    files = {name: PidFile(folder.run, name) for name in NAMES}
    living = {name: pid for name, file in files.items() if (pid := file.living()) is not None}
    ours = [pid for name, pid in living.items() if name not in SERVERS]
    for pid in ours:
        send(pid, signal.SIGTERM)
    _wait_for(ours, within=PATIENCE)
    for pid in ours:
        send(pid, signal.SIGKILL, group=True)
    for name in SERVERS:
        if name in living:
            number = signal.SIGINT if name == "postgres" else signal.SIGTERM
            end(living[name], number, within=PATIENCE)
    for file in files.values():
        file.remove()
    return list(living)


def _wait_for(pids: list[int], *, within: float) -> None:
    marks = {pid: started(pid) for pid in pids}
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and any(m and started(p) == m for p, m in marks.items()):
        time.sleep(0.02)
