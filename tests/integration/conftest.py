"""Prints what was counted while the APIs were attacked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.openapi_cases import Attack

CASES = pytest.StashKey[dict[str, Attack]]()


@pytest.fixture
def record_cases(request: pytest.FixtureRequest) -> Callable[[str, Attack], None]:
    """Remember an attack that the API withstood, for the summary."""

    def record(name: str, attack: Attack) -> None:
        request.config.stash.setdefault(CASES, {})[name] = attack

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each API and caller."""
    attacks = terminalreporter.config.stash.get(CASES, {})
    if not attacks:
        return
    terminalreporter.write_sep("-", "calls made from the OpenAPI descriptions")
    for name, attack in sorted(attacks.items()):
        statuses = ", ".join(
            f"{number} × {code}" for code, number in sorted(attack.statuses.items())
        )
        terminalreporter.write_line(f"{name}: {attack.statuses.total()} cases ({statuses})")
    total = sum(attack.statuses.total() for attack in attacks.values())
    terminalreporter.write_line(f"{total} cases, no 5xx, every refusal problem+json")
