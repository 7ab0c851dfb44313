"""The pages every public body owes its visitors, and how their plain text becomes sections."""

from __future__ import annotations

Sections = list[tuple[str | None, list[str]]]
PAGES = ("imprint", "privacy", "accessibility")


def sections_of(body: str) -> Sections:
    """Blank lines part paragraphs; a line that begins with # heads what follows."""
    sections: Sections = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        text = block.strip()
        if text.startswith("#"):
            heading, _newline, rest = text.lstrip("# ").partition("\n")
            sections.append((heading.strip(), []))
            text = rest.strip()
        elif text and not sections:
            sections.append((None, []))
        if text:
            sections[-1][1].append(text)
    return sections
