"""The mail server's side: which mail came how often, found fast among thousands."""

from __future__ import annotations

from collections import Counter, defaultdict
from email.parser import BytesHeaderParser
from threading import RLock

from tests.mails import Mail, Sink

KIND, REGISTRATION = "X-Treffpunkt-Kind", "X-Treffpunkt-Registration"


class Postbox:
    """Reads each mail's headers once."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._read = 0
        self._parser = BytesHeaderParser()
        self._lock = RLock()
        self._found: dict[tuple[str, str], list[Mail]] = defaultdict(list)
        self.copies: Counter[str] = Counter()  # by Message-ID

    def look(self) -> None:
        """Read what has come since."""
        with self._lock:
            mails = self._sink.mails()
            for mail in mails[self._read :]:
                headers = self._parser.parsebytes(mail.source)
                self.copies[str(headers["Message-ID"]).strip()] += 1
                key = str(headers[KIND]), str(headers[REGISTRATION])
                self._found[key].append(mail)
            self._read = len(mails)

    def mails(self, kind: str, registration: str) -> list[Mail]:
        """All copies of a kind about one registration, as of the last look."""
        return self._found.get((kind, registration), [])

    def token(self, kinds: tuple[str, ...], registration: str, path: str) -> str | None:
        """What stands behind *path* in the newest of these mails; None while there is none."""
        for kind in kinds:
            if found := self.mails(kind, registration):
                return found[-1].token(path)
        return None
