"""How names, addresses and words are normalised so that they are recognised, sorted and found."""

from __future__ import annotations

import re
import unicodedata

NOT_NAMED = "N. N."

# Words that say how a company is incorporated, not which one it is.
_LEGAL_FORMS = frozenset(
    "ag co company cokg eg egbr ek ekfm ekfr ev gbr ggmbh gmbh gug haftungsbeschraenkt inh inhaber kg kgaa "
    "ltd mbh ohg partg partgmbb partnerschaft se stiftung ug und u".split()
)
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und ", "+": " und "})
_DOTTED = re.compile(r"(?<=\b\w)\.\s*(?=\w\b)")
_NO_WORD = re.compile(r"[^\w]+")
# Cc, Cf without the joiners that real names use, line and paragraph separators, surrogates, private use.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_FORBIDDEN_IN_TEXT = re.compile(
    _FORBIDDEN.pattern.replace("\x00-\x1f", "\x00-\x08\x0b\x0c\x0e-\x1f")
)
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def has_forbidden_characters(text: str, *, lines: bool = False) -> bool:
    """Whether *text* carries control or direction characters; *lines* allows line breaks and tabs."""
    if text.isascii() and text.isprintable():
        return False
    return bool((_FORBIDDEN_IN_TEXT if lines else _FORBIDDEN).search(text))


def is_email(text: str) -> bool:
    """Whether *text* is an address that a mail server takes without quoting."""
    return len(text) <= 254 and len(text.partition("@")[0]) <= 64 and bool(_EMAIL.fullmatch(text))


def email_key(email: str) -> str:
    """The form in which two spellings of one address are equal."""
    return email.strip().lower()


def folded(text: str) -> str:
    """*text* without case, accents and umlaut dots: Ä as a, ß as ss."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def sort_key(name: str) -> str:
    """Sorts as a German reader expects: ä as a, without case, punctuation last looked at."""
    return " ".join(_NO_WORD.sub(" ", folded(name)).split()) or folded(name)


def company_key(name: str) -> str:
    """The form in which spellings of one company are equal: no legal form, case, accents, punctuation."""
    spelled = unicodedata.normalize("NFC", name).casefold().translate(_SPELLED)
    words = _NO_WORD.sub(" ", folded(_DOTTED.sub("", spelled))).split()
    telling = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(telling or words)


def search_words(*texts: str | None) -> str:
    """All words under which something is to be found, umlauts both as a and as ae."""
    words: dict[str, None] = {}
    for text in texts:
        for word in _NO_WORD.sub(" ", text or "").split():
            words[folded(word)] = None
            if not word.isascii():
                words[folded(word.casefold().translate(_SPELLED))] = None
        if text and "@" in text:
            words[text.lower()] = None
    return " ".join(words)


def search_query(text: str) -> str:
    """The ``to_tsquery('simple', …)`` text that finds every word of *text* by its beginning; empty: nothing."""
    words = _NO_WORD.sub(" ", folded(text.replace("'", " "))).split()
    return " & ".join(f"{word}:*" for word in words[:8])
