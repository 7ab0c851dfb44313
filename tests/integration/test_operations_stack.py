"""A running stack is well in its own words, and every process is seen in the figures."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest

from tests.stack import Stack
from tests.wait import wait_until

PREFIXES = {"registration": "", "scheduling": "/scheduling", "notifications": "/notifications"}
# What other tests on the same stack may have left behind.
OTHERS = {"parked", "mails_failed", "check_broken"}


def troubles(stack: Stack, service: str) -> set[str]:
    """The codes that readiness names."""
    status, body = stack.get(f"{PREFIXES[service]}/health/ready")
    assert status == 200, body
    return {trouble["code"] for trouble in json.loads(body)["troubles"]} - OTHERS


@pytest.mark.parametrize("service", PREFIXES)
def test_processes_queues_and_redis_are_well(stack: Stack, service: str) -> None:
    wait_until(lambda: troubles(stack, service) == set(), within=60)


@pytest.mark.parametrize("service", PREFIXES)
def test_every_process_is_seen_in_the_figures(stack: Stack, service: str) -> None:
    processes = [f"worker-{service}", "relay", "beat"]
    processes += ["mailer"] if service == "notifications" else []
    # One that other tests had started anew may still be counted twice.
    wanted = [rf'treffpunkt_processes\{{process="{process}"\}} [1-9]' for process in processes]
    wanted += [
        r"treffpunkt_process_memory_bytes\{",
        rf'treffpunkt_canary_age_seconds\{{queue="{service}"',
    ]

    def missing() -> list[str]:
        told = stack.get(f"{PREFIXES[service]}/metrics")[1]
        return [line for line in wanted if not re.search(line, told)]

    with suppress(AssertionError):
        wait_until(lambda: not missing(), within=60)
    assert missing() == []
