"""Who is admitted: by postcode, by chosen district, by a coordinator's decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.admission import (
    Admitted,
    Area,
    DistrictNeededError,
    SiteNeededError,
    admit,
)

AREAS = [
    Area("Huckarde", ["44369"]),
    Area("Innenstadt-West", ["44137", "44379"]),
    Area("Lütgendortmund", ["44388", "44379"]),
]


def admitted(postcode: str = "", district: str = "", admission: str = "districts") -> Admitted:
    return admit(AREAS, admission=admission, approval=False, postcode=postcode, district=district)


def test_a_postcode_tells_the_district() -> None:
    assert admitted("44369") == Admitted("Huckarde", pending=False)


def test_a_shared_postcode_asks_which() -> None:
    with pytest.raises(DistrictNeededError) as asked:
        admitted("44379")
    assert asked.value.names == ["Innenstadt-West", "Lütgendortmund"]
    assert admitted("44379", "lütgendortmund") == Admitted("Lütgendortmund", pending=False)


def test_outside_waits_for_a_decision() -> None:
    assert admitted("50667") == Admitted("", pending=True)
    assert admitted("", "Hörde") == Admitted("Hörde", pending=True)


def test_a_district_that_contradicts_the_postcode_waits_for_a_decision() -> None:
    assert admitted("50667", "Huckarde") == Admitted("Huckarde", pending=True)


def test_nothing_said_is_asked_for() -> None:
    with pytest.raises(SiteNeededError):
        admitted()


def test_an_open_meeting_asks_nothing() -> None:
    assert admitted(admission="open") == Admitted("", pending=False)
    assert admitted("44379", admission="open") == Admitted("", pending=False)


def test_a_district_without_postcodes_is_chosen_by_name() -> None:
    areas = [Area("Mengede", []), *AREAS]
    with pytest.raises(DistrictNeededError):
        admit(areas, admission="districts", approval=False, postcode="50667", district="")


def test_none_of_the_districts_is_an_answer() -> None:
    areas = [Area("Mengede", []), *AREAS]
    for postcode in ("", "50667", "44379"):
        answer = admit(
            areas, admission="districts", approval=False, postcode=postcode, district="outside"
        )
        assert answer == Admitted("", pending=True)
    assert admitted("50667", "outside", admission="open") == Admitted("", pending=False)


def test_approval_makes_everybody_pending() -> None:
    assert admit(AREAS, admission="open", approval=True, postcode="", district="").pending


@given(st.from_regex(r"\d{5}", fullmatch=True), st.sampled_from(["Huckarde", "Anderswo"]))
def test_outside_is_pending_and_never_refused(postcode: str, district: str) -> None:
    inside = district == "Huckarde" and postcode == "44369"
    assert admitted(postcode, district).pending != inside
