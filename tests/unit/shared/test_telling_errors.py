"""Errors and the words of libraries reach a log without anything that a person entered."""

from __future__ import annotations

import logging
import sys

import pytest

from shared.messaging.publisher import PublishFailed
from shared.telling_errors import described, first_line, masked, message_of, stack_of

ADDRESS = "kanarina@vogel.example"


def caught(error: Exception, cause: Exception | None = None) -> str:
    """The stack of an error that was raised with *error* in its text."""
    try:
        raise error from cause
    except type(error):
        info = sys.exc_info()
        assert info[0]
        assert info[1]
        return stack_of((info[0], info[1], info[2]))


def record(message: object, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("library", logging.ERROR, __file__, 1, message, arguments, None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError(f"unknown {ADDRESS}"), "ValueError"),
        (
            ConnectionRefusedError(111, "Connection refused"),
            "ConnectionRefusedError: Connection refused",
        ),
        (
            PublishFailed(f"ConnectionError: away for {ADDRESS}"),
            "PublishFailed: ConnectionError: away for …",
        ),
    ],
)
def test_an_error_tells_its_text_only_where_that_names_nobody(error: Exception, said: str) -> None:
    assert described(error) == said


def test_a_stack_says_where_and_what_led_to_it_and_nothing_else() -> None:
    told = caught(RuntimeError(f"for {ADDRESS}"), cause=KeyError(ADDRESS))

    assert "test_telling_errors.py" in told
    assert told.splitlines()[0] == "KeyError"
    assert told.splitlines()[-1] == "RuntimeError"
    assert "kanarina" not in told


def test_the_first_line_leaves_out_what_follows() -> None:
    error = ValueError(f"duplicate key for {ADDRESS}\nDETAIL: Key (name)=(Kanarina)")

    assert first_line(error) == "ValueError: duplicate key for …"


@pytest.mark.parametrize("token", ["eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.x", "A" * 40, ADDRESS])
def test_tokens_and_addresses_are_masked(token: str) -> None:
    assert masked(f"GET /registrations/manage/{token} failed").count(token) == 0


@pytest.mark.parametrize(
    ("spoken", "kept"),
    [
        (
            record("Error handling request %s", f"/registrations/{ADDRESS}"),
            "Error handling request …",
        ),
        (record("Worker (pid:%s) exited with code %s", 7, 1), "Worker (pid:7) exited with code 1"),
        (record("%d of %s", "three", ADDRESS), "%d of %s"),
        (record("lost: %s", OSError(32, "Broken pipe")), "lost: BrokenPipeError: Broken pipe"),
        (record(KeyError(ADDRESS)), "KeyError"),
        (record(f"no mail to {ADDRESS}"), "no mail to …"),
        (
            record("task %(name)s: %(exc)s", {"name": ADDRESS, "exc": KeyError(ADDRESS)}),
            "task …: KeyError",
        ),
    ],
)
def test_of_a_library_numbers_are_kept_and_words_are_not(
    spoken: logging.LogRecord, kept: str
) -> None:
    assert message_of(spoken) == kept
