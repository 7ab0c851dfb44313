"""Calls made from an OpenAPI description: boundaries of every value, wrong types, wrong methods, anything at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import content_type_conformance, response_schema_conformance
from schemathesis.schemas import APIOperation

TOKENS = {"token", "ticket", "invitation"}
# Answers to methods that nobody described carry no body.
BODILESS = {204, 304}


@dataclass
class Attack:
    """All calls on one app by one caller."""

    known: Mapping[str, str]  # by the name of a field: the id or token of something that is there
    token: Callable[[Case], str | None]
    statuses: Counter[int] = field(default_factory=Counter)

    def draw(self, operations: Iterable[APIOperation], examples: int) -> None:
        """Call with anything at all, right and wrong by the description."""
        for operation in operations:
            for mode in GenerationMode:
                self._draw(operation, mode, examples)

    def _draw(self, operation: APIOperation, mode: GenerationMode, examples: int) -> None:
        @settings(
            max_examples=examples,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode))
        def call(case: Case) -> None:
            self.call(case)

        # An operation without arguments cannot be called wrongly.
        with suppress(Unsatisfiable):
            call()

    def call(self, case: Case) -> None:
        """Send *case*, every second one about something that is there, and look at the answer."""
        if self.statuses.total() % 2:
            self._make_known(case)
        token = self.token(case)
        response = case.call(headers={"Authorization": f"Bearer {token}"} if token else None)
        self.statuses[response.status_code] += 1
        try:
            check(response)
        except AssertionError as error:
            told = f"{case.as_curl_command()}\n{response.status_code} {response.text[:2000]}"
            raise AssertionError(told) from error
        if response.status_code < 400 and self._is_described(case, response):
            checks = [content_type_conformance, response_schema_conformance]
            case.validate_response(response, checks=checks)

    def _is_described(self, case: Case, response: Any) -> bool:
        described = case.method == case.operation.method.upper()
        return described and response.status_code not in BODILESS

    def _make_known(self, case: Case) -> None:
        for values in (case.path_parameters, case.query, case.body):
            self._replace(values)

    def _replace(self, values: Any) -> None:
        if isinstance(values, list):
            for value in values:
                self._replace(value)
        elif isinstance(values, dict):
            for name, value in values.items():
                if name in self.known and (is_id(value) or (name in TOKENS and value)):
                    values[name] = self.known[name]
                else:
                    self._replace(value)


def described(app: Flask, prefix: str) -> Any:
    """The description that an app gives of itself."""
    return schemathesis.openapi.from_wsgi(f"{prefix}/api/openapi.json", app)


def operations(schema: Any) -> list[APIOperation]:
    """All operations of a description."""
    return [result.ok() for result in schema.get_all_operations()]


def boundaries(schema: Any) -> Iterator[Case]:
    """The least, the most, one beyond, the wrong type of everything; methods that are not there."""
    for operation in operations(schema):
        config = schema.config.generation_for(operation=operation)
        for case in schema.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=config
        ):
            # The client computes it, and refuses to send another.
            for name in [name for name in case.headers if name.lower() == "content-length"]:
                del case.headers[name]
            yield case


def is_id(value: Any) -> bool:
    """Whether it could be the id of something."""
    try:
        UUID(value)
    except (ValueError, AttributeError, TypeError):
        return False
    return True


def check(response: Any) -> None:
    """No crash; every refusal is problem+json, complete, and tells nothing of the code."""
    assert response.status_code < 500
    assert "Traceback" not in response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"]
        body = response.json()
        assert body["status"] == response.status_code
        assert body["type"].startswith("urn:treffpunkt:problem:")
        assert {"title", "detail", "instance"} <= body.keys()
