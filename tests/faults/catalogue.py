"""All faults by name, and what nothing at all looks like."""

from __future__ import annotations

import time

from shared.settings import SERVICES
from tests.faults import clocks, invariants, processes, redis_faults
from tests.faults.points import points_of
from tests.faults.town import Fault, Town

WRONG_FOR = 60.0  # seconds
LEFT_LYING = "recorded scheduling"  # a worker stores a fact and dies: only a sweep begins it again
# It is overdue 30 seconds after it was stored; sweeps go by beat's clock, every 10 seconds.
NOT_BEGUN = """
    select count(*) from inbox
    where state = 'new' and received_at < clock_timestamp() - interval '50 seconds'
"""
# It is asked for 30 seconds after the message went out.
WITHOUT_RECEIPT = """
    select count(*) from outbox_delivery
    where state = 'published' and published_at < clock_timestamp() - interval '40 seconds'
"""


def clocks_part(town: Town) -> None:
    """Clocks are wrong, and a worker leaves something behind for others to find."""
    clocks.begin(points_of(town.stack.data_dir))
    town.arm(LEFT_LYING)


def clocks_agree(town: Town) -> None:
    """All is as before."""
    clocks.end(points_of(town.stack.data_dir))
    town.disarm()


def left_alone(town: Town) -> list[str]:
    """What nobody came back to: receipts asked for in vain, facts that no sweep has begun."""
    time.sleep(WRONG_FOR)
    found = [] if town.reached(LEFT_LYING) else [f"point never reached: {LEFT_LYING}"]
    for what, query in (("have no receipt", WITHOUT_RECEIPT), ("were not begun", NOT_BEGUN)):
        for service in SERVICES:
            ((count,),) = invariants.rows(town.stack.settings, service, query)
            if count:
                found.append(f"{count} facts of {service} {what}")
    return found


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault(name="nothing", begin=lambda _town: None),
        *processes.faults(),
        *redis_faults.faults(),
        Fault(
            name="clocks five minutes apart",
            begin=clocks_part,
            end=clocks_agree,
            lasts=WRONG_FOR,
            during=left_alone,
        ),
    )
}
