"""Who of a registration is new, gone, called or reached otherwise: what its contact is told."""

from __future__ import annotations

from collections.abc import Iterable

from services.notifications.domain.scene import Claim, Person

# Kept with the mail, by these names: ADDED and REMOVED hold names, RENAMED (before, after), MOVED (name, address).
ADDED, REMOVED, RENAMED, MOVED = "added", "removed", "renamed", "moved"
Differences = dict[str, list[list[str]]]


def differences(before: Claim, after: Claim) -> Differences:
    """What differs among the people of a registration; empty where nothing does."""
    old = {person.key: person for person in before.attendees}
    pairs = [(old.pop(person.key, None), person) for person in after.attendees]
    gone = list(old.values())
    # Another address makes another person of somebody, but not for those who know her.
    pairs = [(one or _namesake(gone, two), two) for one, two in pairs]
    kept = [(one, two) for one, two in pairs if one is not None]
    found = {
        ADDED: [[two.known_name] for one, two in pairs if one is None],
        REMOVED: [[one.known_name] for one in gone],
        RENAMED: [[a.known_name, b.known_name] for a, b in kept if a.known_name != b.known_name],
        MOVED: list(_moved(before, after, kept)),
    }
    return {name: rows for name, rows in found.items() if rows}


def _namesake(gone: list[Person], person: Person) -> Person | None:
    """Taken out of *gone*."""
    found = next((one for one in gone if one.known_name and one.name == person.name), None)
    if found is not None:
        gone.remove(found)
    return found


def _moved(
    before: Claim, after: Claim, kept: Iterable[tuple[Person, Person]]
) -> Iterable[list[str]]:
    """Whose mails go elsewhere than before, though the contact's own address is the same."""
    for one, two in kept:
        if _own_address(before, one).lower() != _own_address(after, two).lower():
            yield [two.known_name, _own_address(after, two) or after.contact.email or ""]


def _own_address(claim: Claim, person: Person) -> str:
    return (person.email or "") if claim.has_own_mail(person) else ""
