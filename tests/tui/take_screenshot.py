"""Have the program take a picture of itself: ``python -m tests.tui.take_screenshot docs/screenshot.svg``.

A lab is opened in a home of its own and run in the real sandbox; what is seen is what anybody sees.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from tutor.tui.app import TutorApp
from tutor.tui.screens.lab import LabScreen
from tutor.wiring import Tutor

LAB = "limits/every-limit/outgrows-memory"
SIZE = (140, 42)
FONT_ADDRESSES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


async def take(lab_id: str) -> str:
    """The picture of a lab after its first run, as SVG without addresses of fonts."""
    app = TutorApp(Tutor())
    async with app.run_test(size=SIZE) as pilot:
        page = LabScreen(lab_id)
        app.push_screen(page)
        while page.state is None:
            await pilot.pause(0.05)
        await pilot.press("r")
        while page.last is None:
            await pilot.pause(0.05)
        while app.background.busy:
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        return FONT_ADDRESSES.sub("", app.export_screenshot(title="tutor"))


def main() -> int:
    """Write the picture to the file that the command line names."""
    if len(sys.argv) != 2:
        print("usage: python -m tests.tui.take_screenshot FILE.svg", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as home:
        os.environ["TUTOR_HOME"] = home
        picture = asyncio.run(take(LAB))
    Path(sys.argv[1]).write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
