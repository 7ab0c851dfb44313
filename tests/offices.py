"""Fixture: the office of the session's stack."""

from __future__ import annotations

import pytest

from tests.clients import Api
from tests.mails import WebMailbox
from tests.office import Office
from tests.stack import Stack


def office_of(stack: Stack) -> Office:
    """The office of a running stack."""
    return Office(Api(stack.url, stack.token), WebMailbox(stack.mailbox_url))


@pytest.fixture(scope="session")
def office(stack: Stack) -> Office:
    """A coordinator, the public and the mailbox of the session's stack."""
    return office_of(stack)
