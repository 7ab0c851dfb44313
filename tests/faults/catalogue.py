"""All faults by name, and what nothing at all looks like."""

from __future__ import annotations

import time

from shared.settings import SERVICES
from tests.faults import clocks, invariants, processes, redis_faults
from tests.faults.points import points_of
from tests.faults.town import Fault, Town

WRONG_FOR = 45.0  # seconds
# It is asked for 30 seconds after the message went out.
WITHOUT_RECEIPT = """
    select count(*) from outbox_delivery
    where state = 'published' and published_at < clock_timestamp() - interval '40 seconds'
"""


def without_receipt(town: Town) -> list[str]:
    """Deliveries whose receipt was asked for in vain: the question was out of date when it arrived."""
    time.sleep(WRONG_FOR)
    return [
        f"{count} deliveries of {service} have no receipt"
        for service in SERVICES
        for ((count,),) in [invariants.rows(town.stack.settings, service, WITHOUT_RECEIPT)]
        if count
    ]


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(name="nothing", begin=lambda _town: None),
        *processes.faults(),
        *redis_faults.faults(),
        Fault(
            name="clocks five minutes apart",
            begin=lambda town: clocks.begin(points_of(town.stack.data_dir)),
            end=lambda town: clocks.end(points_of(town.stack.data_dir)),
            lasts=WRONG_FOR,
            during=without_receipt,
        ),
    )
}
