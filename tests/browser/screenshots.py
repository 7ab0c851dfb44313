"""Pictures of the gallery at three widths, light and dark, and what axe-core says about them.

``python -m tests.browser.screenshots FOLDER [PART OF A PATH]…``
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.browser.gallery import create_gallery, paths

WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# A mail is no page and needs no landmarks.
NOT_FOR_MAILS = {"region", "landmark-one-main"}


@contextmanager
def serving() -> Iterator[str]:
    """The gallery on a free port; gives its address."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def findings(page: Page, path: str) -> list[str]:
    """What axe-core finds on the page, and whether it is too wide for its window."""
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    ignored = NOT_FOR_MAILS if path.startswith("/mail") else set()
    found = [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in violations
        if violation["id"] not in ignored
        for node in violation["nodes"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, f"{wide} px too wide"] if wide > 0 else found


def shoot(folder: Path, only: list[str]) -> int:
    """Pictures of all pages or of those whose path contains one of *only*; the number of findings."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with serving() as address, chromium() as browser:
        for path in paths():
            if only and not any(part in path for part in only):
                continue
            for scheme in SCHEMES:
                with browser.new_page(color_scheme=scheme) as page:
                    count += _shoot_page(page, address + path, folder / f"{_name(path)}-{scheme}")
    return count


def _shoot_page(page: Page, url: str, target: Path) -> int:
    count = 0
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(url)
        name, scheme = target.name.rsplit("-", 1)
        page.screenshot(path=target.with_name(f"{name}-{width}-{scheme}.png"), full_page=True)
        for finding in findings(page, f"/{name}"):
            count += 1
            sys.stdout.write(f"{name} {width} {scheme}: {finding}\n")
    return count


def _name(path: str) -> str:
    return path.strip("/").replace("/", "-")


if __name__ == "__main__":
    sys.exit(1 if shoot(Path(sys.argv[1]), sys.argv[2:]) else 0)
