"""How names, addresses and words are normalised so that they are recognised, sorted and found."""

from __future__ import annotations

import re
import unicodedata

NOT_NAMED = "N. N."
MAX_COMPANY = 200
MAX_NAME = 120  # of a person

# Words that say how a company is incorporated, not which one it is.
_LEGAL_FORMS = frozenset(
    {
        "ag",
        "co",
        "company",
        "cokg",
        "eg",
        "egbr",
        "ek",
        "ekfm",
        "ekfr",
        "ev",
        "gbr",
        "ggmbh",
        "gmbh",
        "gug",
        "haftungsbeschraenkt",
        "inh",
        "inhaber",
        "kg",
        "kgaa",
        "ltd",
        "mbh",
        "ohg",
        "partg",
        "partgmbb",
        "partnerschaft",
        "se",
        "stiftung",
        "ug",
        "und",
        "u",
    }
)
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und ", "+": " und "})
_DOTTED = re.compile(r"(?<=\b\w)\.\s*(?=\w\b)")
_NO_WORD = re.compile(r"[^\w]+")


def email_key(email: str) -> str:
    """The form in which two spellings of one address are equal."""
    return email.strip().lower()


def folded(text: str) -> str:
    """*text* without case, accents and umlaut dots: Ä as a, ß as ss."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    parts = unicodedata.normalize("NFKD", plain)
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
