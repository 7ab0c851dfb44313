"""What is installed is what is in the tree: every template, catalogue, stylesheet and migration."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("services", "shared", "treffpunkt")
ABOUT = ("pyproject.toml", "README.md", "LICENSE")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def sources(folder: Path) -> Path:
    """A copy of all that a build needs, so that it leaves nothing in the tree."""
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ABOUT:
        shutil.copy(ROOT / name, folder)
    return folder


def test_everything_in_the_packages_is_installed(tmp_path: Path) -> None:
    copy = sources(tmp_path)
    wanted = {
        str(path.relative_to(copy))
        for name in PACKAGES
        for path in (copy / name).rglob("*")
        if path.is_file()
    }

    built = [sys.executable, "-c", BUILD, str(tmp_path)]
    subprocess.run(built, cwd=copy, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        assert wanted - set(archive.namelist()) == set()
