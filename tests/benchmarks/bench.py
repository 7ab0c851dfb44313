"""What rows share: the empty page, the sink and a whole stack, each started when first asked for."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Self, TypeVar

from tests.benchmarks.place import Place, place
from tests.benchmarks.yardsticks.empty_page import empty_page
from tests.benchmarks.yardsticks.sink import Sink, sink

T = TypeVar("T")


@dataclass
class Bench(AbstractContextManager["Bench"]):
    """One run; *rounds* of about *seconds* each."""

    rounds: int
    seconds: float
    _after: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._after.close()

    @cached_property
    def empty_page(self) -> int:
        """The port of the empty page."""
        return self._after.enter_context(empty_page())

    @cached_property
    def sink(self) -> Sink:
        """Takes all mails of the place."""
        return self._after.enter_context(sink())

    @cached_property
    def place(self) -> Place:
        """A whole stack whose mails go to the sink."""
        return self._after.enter_context(place(SMTP_URL=self.sink.url, LOG_LEVEL="INFO"))

    @property
    def port(self) -> int:
        """Of the place's web process."""
        return self.place.stack.port
