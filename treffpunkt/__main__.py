"""``python -m treffpunkt``."""

from treffpunkt.cli import main

main()
