"""All faults by name, and what nothing at all looks like."""

from __future__ import annotations

from tests.faults import processes, redis_faults
from tests.faults.town import Fault

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(name="nothing", begin=lambda _town: None),
        *processes.faults(),
        *redis_faults.faults(),
    )
}
