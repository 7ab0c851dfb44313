"""What a load generator counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """Answers in *seconds*; *wrong* ones had another status than asked for, or never came."""

    right: int
    wrong: int
    seconds: float
    sample: str = ""  # one of the wrong answers
    p99: float = 0.0  # milliseconds that all but the slowest hundredth took at most

    @property
    def rate(self) -> float:
        """Right answers per second."""
        return self.right / self.seconds

    def checked(self) -> float:
        """The rate; RuntimeError where so much went wrong that it measures errors."""
        if self.wrong * 50 > self.right:
            raise RuntimeError(f"{self.wrong} wrong answers beside {self.right}: {self.sample}")
        return self.rate


def total(reports: list[Report]) -> Report:
    """Several generators that ran side by side, as one."""
    return Report(
        right=sum(report.right for report in reports),
        wrong=sum(report.wrong for report in reports),
        seconds=max(report.seconds for report in reports),
        sample=next((report.sample for report in reports if report.sample), ""),
        p99=max(report.p99 for report in reports),
    )
