"""Templates obey the content security policy and use only what the design offers."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pytest
from flask import render_template_string
from jinja2 import nodes

from shared.language import speaking
from shared.web.app import template_filters
from tests.browser.gallery import create_gallery

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "shared/web/static"
FOLDERS = (ROOT / "shared/web/templates", *sorted(ROOT.glob("services/*/templates")))
PAGES = [
    path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.html"))
    if "mail" not in path.parts
]
ALL = [
    path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*"))
    if path.suffix in {".html", ".txt"}
]
FORBIDDEN = {
    "inline style": r"\sstyle=",
    "style element": r"<style",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "event attribute": r"<[^>]*\son[a-z]+=",
    "something from elsewhere": r"<(?:img|script|link|iframe|source)[^>]*(?:src|href)=\"(?:https?:)?//",
}
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDERS), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    env.filters.update(template_filters())
    return env


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pages_keep_the_content_security_policy(path: Path) -> None:
    text = COMMENT.sub("", path.read_text())
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_classes_are_those_of_the_style_sheets(path: Path) -> None:
    sheets = "".join(sheet.read_text() for sheet in STATIC.glob("*.css"))
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", sheets))
    text = COMMENT.sub("", path.read_text())
    lists = re.findall(r'class="((?:[^"{]|\{[{%].*?[%}]\})*)"', text)
    used = {
        word
        for words in lists
        for word in re.findall(r"(?<![\w}-])[a-z][a-z0-9-]*(?![\w{-])", bare(words))
    }
    assert used - known == set()


def bare(words: str) -> str:
    """A class list without its expressions; what they touch is no whole word."""
    return re.sub(r"\S*\{\{.*?\}\}\S*", " ", re.sub(r"\{%.*?%\}", " ", words))


FIELD = re.compile(r"\b(?:text|select|radios|checkbox|datetime)\(")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_summary_of_errors_says_which_of_several_fields_it_means(path: Path) -> None:
    text = COMMENT.sub("", path.read_text())
    nameless = re.search(r"\{\{ error_summary\([\w.]+\) \}\}", text)
    assert not nameless or len(FIELD.findall(text)) <= 1


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_imported_macros_exist_and_need_no_context(path: Path) -> None:
    env = environment()
    for found in env.parse(path.read_text()).find_all(nodes.FromImport):
        assert not found.with_context
        source = env.loader.get_source(env, found.template.value)[0]  # type: ignore[union-attr]
        tree = env.parse(source)
        offered = {macro.name for macro in tree.find_all(nodes.Macro)}
        offered |= {
            target.name
            for one in tree.find_all(nodes.Assign)
            for target in one.find_all(nodes.Name)
        }
        wanted = {name if isinstance(name, str) else name[0] for name in found.names}
        assert wanted - offered == set()


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_templates_compile(path: Path) -> None:
    environment().compile(path.read_text(), path.name)


def test_old_browsers_get_the_light_tokens() -> None:
    sheet = (STATIC / "site.css").read_text()
    light = dict(re.findall(r"(--[a-z-]+): light-dark\((#\w+), #\w+\);", sheet))
    fallback = sheet[sheet.index("@supports not") :]
    fallback = fallback[: fallback.index("\n}\n")]
    assert dict(re.findall(r"(--[a-z-]+): (#\w+);", fallback)) == light


@pytest.mark.parametrize("name", ["site.css", "coordination.css"])
def test_colours_stand_in_tokens_only(name: str) -> None:
    rules = (STATIC / name).read_text().split("box-sizing", 1)[-1]
    assert re.findall(r"#[0-9a-f]{3,8}\b(?![^{}]*\{)", rules) == []


@pytest.mark.parametrize(
    ("waiting", "words"), [(2, "1 frei, für die Warteliste"), (0, "1 frei"), (None, "")]
)
def test_the_seat_bar_names_every_free_seat(waiting: int | None, words: str) -> None:
    source = '{% from "macros/ui.html" import seat_bar %}{{ seat_bar(24, taken, 0, waiting) }}'
    with create_gallery().test_request_context(), speaking("de"):
        bar = render_template_string(
            source, taken=24 if waiting is None else 23, waiting=waiting or 0
        )
    named = re.search(r'key-free"></i>([^<]*)<', bar)
    assert (named.group(1) if named else "") == words
