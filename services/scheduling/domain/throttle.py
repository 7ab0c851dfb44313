"""How long the next sign-in must wait after failed ones. Waits end by themselves: nobody is locked out."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_TRIES = 5
FREE_TRIES_OF_A_PLACE = 50  # a whole office may share one address
LONGEST_WAIT = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(hours=1)


def wait(
    failures: int, failed_at: datetime, now: datetime, *, free_tries: int = FREE_TRIES
) -> timedelta:
    """What is left of the wait after *failures* in a row, the last one at *failed_at*."""
    if failures < free_tries or now - failed_at > FORGOTTEN_AFTER:
        return timedelta(0)
    whole = min(timedelta(seconds=2 ** min(failures - free_tries, 10)), LONGEST_WAIT)
    return max(failed_at + whole - now, timedelta(0))
