"""What seats and waitlist of one slot promise, in plain Python: the yardstick for the product.

Written from the rules (docs/design.md), not from the code: no database, no locks, one thing after the other.
Times are minutes since the meeting was published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

HOLD = 48 * 60
STARTS = 30 * 24 * 60
FILLS, CLOSES = 48 * 60, 24 * 60  # before the start
LIVING = ("held", "confirmed", "waitlisted")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What somebody has, or waits for. ``main``: additional seats of that claim."""

    id: str
    company: str
    seats: int
    fewer: bool
    rank: int
    state: str
    proved: bool = False
    blocked: bool = False  # waits for its company's number only
    deadline: int | None = None
    lapsed: bool = False  # expired because nobody confirmed
    main: str | None = None


@dataclass(kw_only=True)
class Seats:
    """One slot."""

    capacity: int
    waitlist: str = "strict"  # off, strict, fill
    cap: int | None = None
    now: int = 0
    last_rank: int = 0
    claims: dict[str, Claim] = field(default_factory=dict)

    def copy(self) -> Seats:
        """Another one that can go its own way."""
        return replace(self, claims=dict(self.claims))

    def key(self) -> object:
        """Equal for two that behave alike from now on."""
        return self.capacity, self.now, self.last_rank, frozenset(self.claims.values())

    # what is seen

    @property
    def taken(self) -> int:
        """Seats of held and confirmed claims."""
        return sum(c.seats for c in self.claims.values() if c.state in {"held", "confirmed"})

    @property
    def free(self) -> int:
        """Seats that nobody has."""
        return max(self.capacity - self.taken, 0)

    @property
    def line(self) -> list[Claim]:
        """Who waits for seats, not only for the company's number."""
        waiting = [c for c in self.claims.values() if c.state == "waitlisted" and not c.blocked]
        return sorted(waiting, key=lambda claim: claim.rank)

    def seen(self) -> dict[str, tuple[str, int, int]]:
        """State and seats of every claim, and the additional seats it waits for."""
        return {
            claim.id: (claim.state, claim.seats, sum(c.seats for c in self._waiting_for(claim.id)))
            for claim in self.claims.values()
            if claim.main is None
        }

    def numbers(self) -> tuple[int, int, int]:
        """Taken, waiting groups, waiting seats."""
        return self.taken, len(self.line), sum(claim.seats for claim in self.line)

    @property
    def policy(self) -> str:
        """How one may begin to wait now."""
        return "off" if self.waitlist == "off" else self.order

    @property
    def order(self) -> str:
        """How the list moves now; who waits without one (for her company's number) is not forgotten."""
        left = STARTS - self.now
        if left <= CLOSES:
            return "off"
        return "fill" if left <= FILLS or self.waitlist == "off" else self.waitlist

    # what people do; each returns the state that is answered, or "refused"

    def sign_up(self, identifier: str, company: str, seats: int = 1, *, fewer: bool = False) -> str:
        """Hand in the form."""
        fits = not self.line and seats <= self.free
        if (self.cap is not None and seats > self.cap) or (not fits and self.policy == "off"):
            return "refused"
        self.last_rank += 1
        self.claims[identifier] = Claim(
            id=identifier,
            company=company,
            seats=seats,
            fewer=fewer,
            rank=self.last_rank,
            state="held" if fits else "waitlisted",
            deadline=min(self.now + HOLD, STARTS),
        )
        return self.claims[identifier].state

    def register(
        self, identifier: str, company: str, seats: int = 1, *, fewer: bool = False
    ) -> str:
        """A coordinator signs up, or an invited contact: as if it were confirmed the moment after."""
        if self.sign_up(identifier, company, seats, fewer=fewer) == "refused":
            return "refused"
        return self.confirm(identifier)

    def confirm(self, identifier: str) -> str:
        """Follow the link and press the button."""
        claim = self.claims[identifier]
        if not claim.proved:
            if claim.state == "held":
                self._confirm_held(claim)
            elif claim.state == "waitlisted":
                self._set(claim, proved=True, deadline=None)
                self.move_up()
            elif claim.lapsed:
                self._confirm_late(claim)
        return self.claims[identifier].state

    def _confirm_held(self, claim: Claim) -> None:
        proved = self._set(claim, proved=True, deadline=None)
        part = _part(proved, self._room(proved))
        if not part:
            self._set(proved, state="waitlisted", blocked=True)
        elif part < proved.seats:
            self._set(self._part_with(proved, part, blocked=True), state="confirmed")
        else:
            self._set(proved, state="confirmed")
        self.move_up()

    def _confirm_late(self, claim: Claim) -> None:
        room = self._room(claim)
        if not self.line and claim.seats <= min(self.free, room):
            self._set(claim, state="confirmed", proved=True)
        elif self.policy != "off":
            blocked = not _part(claim, room)
            self._set(claim, state="waitlisted", proved=True, blocked=blocked)
            self.move_up()

    def cancel(self, identifier: str) -> str:
        """Give up everything."""
        claim = self.claims[identifier]
        if claim.state in LIVING:
            self._end(claim, "cancelled")
            self.move_up()
        return self.claims[identifier].state

    def resize(self, identifier: str, seats: int) -> str:
        """Come with more or fewer."""
        claim = self.claims[identifier]
        if claim.state not in LIVING:
            return "refused"
        waiting = self._beside(identifier)
        extra = seats - claim.seats - sum(linked.seats for linked in waiting)
        if extra < 0:
            self._shrink(claim, -extra)
            self.move_up()
        if extra <= 0:
            return self.claims[identifier].state  # fewer may be what fits
        own = 0 if claim.state == "confirmed" else claim.seats
        wanted = extra + own + sum(linked.seats for linked in waiting)
        if self.cap is not None and wanted > self._room(claim):
            return "refused"
        fits = not waiting and not self.line and extra <= self.free
        if claim.state == "waitlisted" or fits:
            self._set(claim, seats=claim.seats + extra)
        elif self.policy == "off":
            return "refused"
        else:
            self._wait_for(claim, extra)
        return self.claims[identifier].state

    def _shrink(self, claim: Claim, fewer: int) -> None:
        """What waits is given back first, the last in the list before the others."""
        for linked in reversed(self._beside(claim.id)):
            if fewer >= linked.seats:
                fewer -= linked.seats
                self._set(linked, state="expired", blocked=False)
            else:
                self._set(linked, seats=linked.seats - fewer)
                fewer = 0
        self._set(claim, seats=claim.seats - fewer)

    def _wait_for(self, claim: Claim, more: int) -> None:
        waiting = self._beside(claim.id)
        if waiting:
            self._set(waiting[-1], seats=waiting[-1].seats + more)
        else:
            self.last_rank += 1
            self._add_linked(claim, more, rank=self.last_rank)
        self.move_up()

    def stop_waiting(self, identifier: str) -> str:
        """Keep what one has, wait for no more."""
        claim = self.claims[identifier]
        if claim.state not in LIVING:
            return "refused"
        for linked in self._beside(identifier):
            self._set(linked, state="expired", blocked=False)
        self.move_up()
        return self.claims[identifier].state

    def change_capacity(self, capacity: int) -> str:
        """A coordinator finds another room."""
        self.capacity = capacity
        self.move_up()
        return "done"

    def change_cap(self, cap: int | None) -> str:
        """A coordinator lets companies have more seats, or fewer."""
        self.cap = cap
        self.move_up()
        return "done"

    def change_waitlist(self, waitlist: str) -> str:
        """A coordinator wants another order, or no waitlist."""
        self.waitlist = waitlist
        self.move_up()
        return "done"

    def pass_time(self, minutes: int) -> str:
        """The clock goes on, and the sweeps look."""
        self.now += minutes
        self.expire()
        if self.free:
            self.move_up()
        if STARTS - self.now <= CLOSES:
            self._close()
        return "done"

    def expire(self) -> None:
        """Unconfirmed claims lapse at their deadline."""
        overdue = [
            claim
            for claim in self.claims.values()
            if claim.state in {"held", "waitlisted"}
            and not claim.proved
            and claim.deadline is not None
            and claim.deadline <= self.now
        ]
        for claim in sorted(overdue, key=lambda one: one.rank):
            self._end(claim, "expired", lapsed=True)
        if overdue:
            self.move_up()

    def _close(self) -> None:
        for claim in list(self.claims.values()):
            if claim.state == "waitlisted":
                self._set(claim, state="expired", blocked=False, lapsed=not claim.proved)

    # the list

    def move_up(self) -> None:
        """Free seats go to the list, in order; a company at its number steps aside."""
        while self._move_some_up():
            pass

    def _move_some_up(self) -> bool:
        moved = False
        for claim in self._in_order():
            if claim.proved:
                self._set(claim, blocked=not _part(claim, self._room(claim)))
        able = [claim.id for claim in self._in_order() if claim.proved and self._may_join(claim)]
        for identifier in able if self.order != "off" else ():
            claim = self.claims[identifier]
            allowed = _part(claim, self._room(claim))
            if not allowed:
                continue
            seats = min(allowed, self.free) if claim.fewer or allowed <= self.free else 0
            if seats:
                self._give(claim, seats)
                moved = True
            elif self.order == "strict":
                break
        return moved

    def _may_join(self, claim: Claim) -> bool:
        return claim.main is None or self.claims[claim.main].state == "confirmed"

    def _give(self, claim: Claim, seats: int) -> None:
        if seats < claim.seats:
            claim = self._part_with(claim, seats, blocked=False)
        if claim.main is None:
            self._set(claim, state="confirmed", blocked=False)
            return
        main = self.claims[claim.main]
        self._set(claim, state="expired", blocked=False)
        self._set(main, seats=main.seats + seats)

    def _in_order(self) -> list[Claim]:
        waiting = [claim for claim in self.claims.values() if claim.state == "waitlisted"]
        return sorted(waiting, key=lambda claim: (claim.rank, _serial(claim)))

    def _room(self, claim: Claim) -> int:
        """What the company may still have."""
        if self.cap is None:
            return 1_000_000
        had = (c for c in self.claims.values() if c.company == claim.company)
        return self.cap - sum(c.seats for c in had if c.state == "confirmed")

    def _part_with(self, claim: Claim, seats: int, *, blocked: bool) -> Claim:
        """Keep *seats*; the rest waits as additional ones at the same rank."""
        self._add_linked(claim, claim.seats - seats, rank=claim.rank, blocked=blocked)
        return self._set(claim, seats=seats)

    def _add_linked(self, claim: Claim, seats: int, *, rank: int, blocked: bool = False) -> None:
        main = claim.main or claim.id
        identifier = f"{main}+{len(self.claims)}"
        self.claims[identifier] = replace(
            claim,
            id=identifier,
            seats=seats,
            rank=rank,
            state="waitlisted",
            blocked=blocked,
            main=main,
        )

    def _waiting_for(self, identifier: str) -> Iterator[Claim]:
        linked = (c for c in self.claims.values() if c.main == identifier)
        return (claim for claim in linked if claim.state == "waitlisted")

    def _beside(self, identifier: str) -> list[Claim]:
        """The same by rank."""
        return sorted(self._waiting_for(identifier), key=lambda one: (one.rank, _serial(one)))

    def _end(self, claim: Claim, state: str, *, lapsed: bool = False) -> None:
        for linked in list(self._waiting_for(claim.id)):
            self._set(linked, state="expired", blocked=False)
        self._set(claim, state=state, blocked=False, deadline=None, lapsed=lapsed)

    def _set(self, claim: Claim, **values: object) -> Claim:
        changed = replace(claim, **values)  # type: ignore[arg-type]
        if changed.proved:  # what waits for more is proved with its claim
            for linked in list(self._waiting_for(claim.id)):
                if not linked.proved:
                    self.claims[linked.id] = replace(linked, proved=True, deadline=None)
        self.claims[claim.id] = changed
        return changed


def _part(claim: Claim, available: int) -> int:
    if claim.seats <= available:
        return claim.seats
    return max(available, 0) if claim.fewer else 0


def _serial(claim: Claim) -> int:
    return int(claim.id.rpartition("+")[2]) if claim.main else -1


Step = Callable[[Seats], str]
