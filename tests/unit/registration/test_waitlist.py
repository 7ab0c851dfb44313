"""Who moves up: strict, fill, fewer, caps; for any list."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.booking import Policy
from services.registration.domain.waitlist import Step, Waiting, granted, moves_up

COMPANIES = [UUID(int=number) for number in range(1, 4)]


def waiting(number: int, seats: int = 1, **values: object) -> Waiting:
    fields = {
        "id": UUID(int=100 + number),
        "company_id": COMPANIES[0],
        "seats": seats,
        "verified": True,
        "accepts_fewer": False,
    }
    return Waiting(**(fields | values))  # type: ignore[arg-type]


def moved(claims: list[Waiting], free: int, order: Policy = Policy.STRICT) -> list[tuple[int, int]]:
    steps = moves_up(claims, free, order=order, left_to_company={})
    return [(step.id.int - 100, step.seats) for step in steps]


def test_strict_waits_until_the_whole_head_fits() -> None:
    assert moved([waiting(1, 3), waiting(2, 1)], 2) == []
    assert moved([waiting(1, 3), waiting(2, 1)], 4) == [(1, 3), (2, 1)]


def test_fill_lets_smaller_groups_pass() -> None:
    assert moved([waiting(1, 3), waiting(2, 1)], 2, Policy.FILL) == [(2, 1)]


def test_a_head_that_comes_with_fewer_takes_what_is_there() -> None:
    assert moved([waiting(1, 3, accepts_fewer=True), waiting(2, 1)], 2) == [(1, 2)]


def test_unverified_claims_are_passed_over() -> None:
    assert moved([waiting(1, verified=False), waiting(2)], 1) == [(2, 1)]


def test_a_closed_list_moves_nobody() -> None:
    assert moved([waiting(1)], 5, Policy.OFF) == []


def test_a_company_at_its_number_blocks_nobody_else() -> None:
    claims = [waiting(1), waiting(2, company_id=COMPANIES[1])]
    left = {COMPANIES[0]: 0, COMPANIES[1]: 2}
    steps = moves_up(claims, 1, order=Policy.STRICT, left_to_company=left)
    assert steps == [Step(claims[1].id, 1)]


claims_lists = st.lists(
    st.builds(
        Waiting,
        id=st.uuids(),
        company_id=st.sampled_from(COMPANIES),
        seats=st.integers(1, 6),
        verified=st.booleans(),
        accepts_fewer=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda claim: claim.id,
)
caps = st.dictionaries(st.sampled_from(COMPANIES), st.integers(-2, 6))


@given(claims=claims_lists, free=st.integers(0, 20), order=st.sampled_from(list(Policy)), left=caps)
def test_never_more_than_is_free_and_never_beyond_a_cap(
    *, claims: list[Waiting], free: int, order: Policy, left: dict[UUID, int]
) -> None:
    steps = moves_up(claims, free, order=order, left_to_company=left)
    by_id = {claim.id: claim for claim in claims}
    assert sum(step.seats for step in steps) <= free
    for company, number in left.items():
        taken = sum(step.seats for step in steps if by_id[step.id].company_id == company)
        assert taken <= max(number, 0)
    for step in steps:
        claim = by_id[step.id]
        assert claim.verified
        assert 0 < step.seats <= claim.seats
        assert step.seats == claim.seats or claim.accepts_fewer


@given(claims_lists, st.integers(0, 20))
def test_strict_keeps_the_order_and_overtakes_only_the_unverified(
    claims: list[Waiting], free: int
) -> None:
    steps = moves_up(claims, free, order=Policy.STRICT, left_to_company={})
    verified = [claim.id for claim in claims if claim.verified]
    assert [step.id for step in steps] == verified[: len(steps)]


@given(claims_lists, st.integers(0, 20))
def test_fill_leaves_nobody_behind_who_would_fit(claims: list[Waiting], free: int) -> None:
    steps = moves_up(claims, free, order=Policy.FILL, left_to_company={})
    rest = free - sum(step.seats for step in steps)
    moved_ids = {step.id for step in steps}
    assert all(
        claim.seats > rest for claim in claims if claim.verified and claim.id not in moved_ids
    )


@given(st.integers(1, 50), st.integers(-5, 50), st.booleans())
def test_a_group_gets_all_or_what_it_accepts(seats: int, available: int, fewer: bool) -> None:  # noqa: FBT001
    got = granted(seats, available, accepts_fewer=fewer)
    assert 0 <= got <= seats
    assert got <= max(available, 0)
    assert got in {0, seats} or fewer
