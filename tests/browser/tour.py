"""Pictures of a running Treffpunkt: follows links from the public pages and, signed in, from the coordinators' pages.

``python -m tests.browser.tour FOLDER ADDRESS [EMAIL PASSWORD]``. Two pages of each kind are taken, at two widths, light
and dark, and axe-core looks at it. Nothing is changed: only links are followed, no button is pressed but sign-in.
"""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Error, Page, Response

from tests.browser.screenshots import SCHEMES, chromium, findings

SKIPPED = re.compile(
    r"/static/|/api/|/health/|/metrics|logout|\.(xlsx|csv|ics|json|svg|png)$|^/mailbox"
)
PER_KIND = 2
WIDTHS = (360, 1280)
VARIABLE = re.compile(r"[^/]*[0-9-][^/]*|[^/]{24,}")


def kind_of(path: str) -> str:
    """The path with ids, slugs and tokens replaced, so that pages of one kind look alike."""
    return "/".join(VARIABLE.sub("x", segment) for segment in path.split("/"))


def walk(page: Page, address: str, starts: list[str]) -> Iterator[str]:
    """Paths of at most two pages of each kind reachable by links."""
    queue, seen, kinds = deque(starts), set(starts), dict[str, int]()
    while queue:
        path = queue.popleft()
        kind = kind_of(path)
        if kinds.get(kind, 0) >= PER_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = visit(page, address + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield path
        for found in links(page, address):
            if found not in seen:
                seen.add(found)
                queue.append(found)


def visit(page: Page, url: str) -> Response | None:
    """The answer, or none where the link leads to a file to save."""
    try:
        return page.goto(url)
    except Error as error:
        if "Download" in error.message:
            return None
        raise


def links(page: Page, address: str) -> list[str]:
    """Paths of this site that the page links to."""
    hrefs = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    urls = [urlsplit(urljoin(page.url, href)) for href in hrefs]
    home = urlsplit(address).netloc
    return [url.path for url in urls if url.netloc == home and not SKIPPED.search(url.path)]


def sign_in(page: Page, address: str, account: list[str]) -> None:
    page.goto(f"{address}/scheduling/login")
    page.fill("input[type=email]", account[0])
    page.fill("input[type=password]", account[1])
    page.press("input[type=password]", "Enter")
    page.wait_for_load_state()


def tour(browser: Browser, folder: Path, address: str, account: list[str]) -> int:
    """The number of findings on all pages."""
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    starts = ["/"]
    if account:
        sign_in(page, address, account)
        starts.append("/coordination/")
    paths = list(walk(page, address, starts))
    return sum(
        take(page, address + path, folder / f"{number:02}-{name_of(path)}")
        for number, path in enumerate(paths)
    )


def name_of(path: str) -> str:
    return re.sub(r"[^\w-]+", "-", kind_of(path).strip("/") or "start")


def take(page: Page, url: str, target: Path) -> int:
    """Pictures of one page; the number of findings."""
    count = 0
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(url)
            page.screenshot(
                path=target.with_name(f"{target.name}-{width}-{scheme}.png"), full_page=True
            )
            found = findings(page, urlsplit(url).path)
            count += len(found)
            sys.stdout.writelines(f"{target.name} {width} {scheme}: {one}\n" for one in found)
            sys.stdout.flush()
    return count


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        return 1 if tour(browser, folder, sys.argv[2].rstrip("/"), sys.argv[3:5]) else 0


if __name__ == "__main__":
    sys.exit(main())
