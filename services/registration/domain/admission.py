"""Who may sign up: districts by postcode, invitations, approval by a coordinator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.registration.domain.names import folded

# What is sent as the district by somebody whose site lies in none of them.
OUTSIDE = "outside"


@dataclass(frozen=True)
class Area:
    """A district with its postcodes (perhaps none, perhaps shared)."""

    name: str
    postcodes: Sequence[str]


@dataclass(frozen=True)
class Admitted:
    """In, with its district ("" if unknown); *pending*: a coordinator decides."""

    district: str
    pending: bool


class SiteNeededError(ValueError):
    """Neither a postcode nor a district was given, but the meeting is for some districts only."""


class DistrictNeededError(ValueError):
    """The postcode lies in several districts; *names* are to choose from."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = list(names)


def admit(
    areas: Sequence[Area], *, admission: str, approval: bool, postcode: str, district: str
) -> Admitted:
    """Whether a site is admitted. Outside means pending, never refused.

    Raises SiteNeededError or DistrictNeededError where the meeting is for districts and the site is not clear.
    """
    limited = admission == "districts"
    chosen = _chosen(areas, district)
    if chosen is not None:
        contradicts = bool(postcode and chosen.postcodes and postcode not in chosen.postcodes)
        return Admitted(chosen.name, approval or (limited and contradicts))
    if district:
        return Admitted(named_district(district), approval or limited)
    found = [area.name for area in areas if postcode and postcode in area.postcodes]
    if len(found) == 1:
        return Admitted(found[0], approval)
    if not limited:
        return Admitted("", approval)
    if not postcode:
        raise SiteNeededError
    if found:
        raise DistrictNeededError(found)
    open_areas = [area.name for area in areas if not area.postcodes]
    if open_areas:
        # A district without postcodes cannot be ruled out by the postcode.
        raise DistrictNeededError([area.name for area in areas])
    return Admitted("", pending=True)


def named_district(district: str) -> str:
    """The name that was given of a district; "" where it was said that there is none."""
    return "" if folded(district.strip()) == OUTSIDE else district


def _chosen(areas: Sequence[Area], district: str) -> Area | None:
    wanted = folded(district.strip())
    return next((area for area in areas if wanted and folded(area.name) == wanted), None)
