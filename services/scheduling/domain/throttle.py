"""How long the next try must wait after failed ones. Waits end by themselves: nobody is locked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

LONGEST_WAIT = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(hours=1)
SITE_PREFIX = 64  # bits of an IPv6 address that one customer gets; the rest is hers to choose


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How many failures are free, and how long a wait may become."""

    free: int
    longest: timedelta = LONGEST_WAIT


# By what is counted. Somebody guessing at one account from many places is slowed by the account's own
# count; browsers that signed in to it before are counted apart, so that its owner does not wait for him.
PAIR = Patience(free=5)  # one account from one place
PLACE = Patience(free=50)  # a whole office may share one address
STRANGE = Patience(free=20)  # one account, from browsers that never signed in to it
FAMILIAR = Patience(free=10)  # one account, from a browser that did
# Whoever gets as far as the second factor has the password: a six-digit code must hold.
CODE = Patience(free=5, longest=timedelta(minutes=15))


def wait(
    failures: int, failed_at: datetime, now: datetime, *, patience: Patience = PAIR
) -> timedelta:
    """What is left of the wait after *failures* in a row, the last one at *failed_at*."""
    if failures < patience.free or now - failed_at > FORGOTTEN_AFTER:
        return timedelta(0)
    whole = min(timedelta(seconds=2 ** min(failures - patience.free, 12)), patience.longest)
    return max(failed_at + whole - now, timedelta(0))


def place_of(address: str | None) -> str:
    """The place behind a network address: of IPv6 the site, since each of its machines has many."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return address or ""
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> SITE_PREFIX << SITE_PREFIX)}/{SITE_PREFIX}"
