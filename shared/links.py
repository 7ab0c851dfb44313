"""Links in mails: signed, bound to one purpose and one version, never stored."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from itsdangerous import BadSignature, Signer

if TYPE_CHECKING:
    from shared.settings import Settings

Purpose = Literal[
    "confirm",
    "manage",
    "seat",
    "invitation",
    "ticket",
    "offer",
    "signed_up",
    "roster_data",
    "mail_data",
]
PATHS: dict[str, str] = {
    "confirm": "/registrations/confirm/",
    "manage": "/registrations/manage/",
    "seat": "/registrations/manage/",
    "invitation": "/invitations/",
    "offer": "/offers/",
    # Not in mails: the page after signing up, which proves no address.
    "signed_up": "/registrations/signed-up/",
    # Not in mails: for an hour, what other services know of somebody.
    "roster_data": "/scheduling/my-data/",
    "mail_data": "/notifications/my-data/",
    "ticket": "/check-in/",
}
# Not made here: scheduling alone makes these, of secrets of its own.
ACCOUNT_PATH = "/scheduling/password/"
_UUID_LENGTH = 22  # 16 bytes in base64 without padding
# The decoder would also take padding, other letters, and other values of the last letter's spare bits.
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}[0-9]+\.[A-Za-z0-9_-]{21}[AQgw]")
HIDDEN = "…"


class BadLink(ValueError):  # noqa: N818 - says what it is
    """The token was not made here for this purpose, or was changed."""


def without_tokens(text: str) -> str:
    """*text* with every token hidden, of whatever purpose and under whatever address it stands."""
    return _SHAPE.sub(HIDDEN, text)


@dataclass(frozen=True)
class LinkTarget:
    """What a link points at; whether *version* is still the current one is the reader's check."""

    id: UUID
    version: int


class Links:
    """Makes and reads the tokens of one installation; old keys stay readable after a rotation."""

    def __init__(self, settings: Settings) -> None:
        self.base_url = settings.base_url
        keys = [key.encode() for key in reversed(settings.secret_keys)]
        digest = staticmethod(partial(hashlib.blake2b, digest_size=16))
        self._signers = {
            purpose: Signer(keys, salt=f"treffpunkt.link.{purpose}", digest_method=digest)
            for purpose in PATHS
        }

    def token(self, purpose: Purpose, target: UUID, version: int) -> str:
        """A URL-safe token of about 47 characters."""
        name = urlsafe_b64encode(target.bytes).rstrip(b"=").decode()
        return self._signers[purpose].sign(f"{name}{version}").decode()

    def url(self, purpose: Purpose, target: UUID, version: int) -> str:
        """The absolute address that goes into a mail."""
        return f"{self.base_url}{PATHS[purpose]}{self.token(purpose, target, version)}"

    def read(self, purpose: Purpose, token: str) -> LinkTarget:
        """What *token* points at. Raises BadLink for anything not made here for *purpose*."""
        if not _SHAPE.fullmatch(token):
            raise BadLink(purpose)
        try:
            value = self._signers[purpose].unsign(token).decode("ascii")
            name, version = value[:_UUID_LENGTH], value[_UUID_LENGTH:]
            return LinkTarget(UUID(bytes=urlsafe_b64decode(name + "==")), int(version))
        except (BadSignature, ValueError) as error:
            raise BadLink(purpose) from error
