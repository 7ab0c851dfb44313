"""Links by which a password is set, made of a secret that stands in the account alone.

No key of the installation makes one: whoever could forge such a link would sign in as whom he likes, and
services that face the public have those keys too.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

SECRET_BYTES = 16
# As long as the tokens of other links, so that they are recognised and hidden alike.
_SHAPE = re.compile(r"([A-Za-z0-9_-]{21}[AQgw])([0-9]{1,9})\.([A-Za-z0-9_-]{21}[AQgw])")


@dataclass(frozen=True, kw_only=True)
class PasswordLink:
    """Whose password a link sets, which of the links of the account it is, and what nobody else knows."""

    coordinator_id: UUID
    version: int
    secret: str

    @property
    def token(self) -> str:
        """The link but for its address."""
        return f"{encoded(self.coordinator_id.bytes)}{self.version}.{self.secret}"

    def is_proved_by(self, secret: str) -> bool:
        """Whether its secret is *secret*; takes as long for all wrong ones."""
        return hmac.compare_digest(self.secret, secret)


def read_token(token: str) -> PasswordLink | None:
    """The link that *token* claims to be; None for what cannot be one."""
    found = _SHAPE.fullmatch(token)
    if found is None:
        return None
    name, version, secret = found.groups()
    identifier = UUID(bytes=urlsafe_b64decode(name + "=="))
    return PasswordLink(coordinator_id=identifier, version=int(version), secret=secret)


def encoded(data: bytes) -> str:
    """As it stands in tokens."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
