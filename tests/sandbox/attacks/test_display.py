"""Hostile handlers: what they say cannot steer the terminal, on the command line or in the screens, nor break them."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from textual.app import App, ComposeResult

from tests.fakes.course import LAB, PRICES
from tests.fakes.functions import an_invocation
from tests.sandbox.conftest import Create
from tutor.awslambda.invocation import LogEvent
from tutor.study.course import Verdict, grade_of
from tutor.tui.widgets.checklist import checklist_lines
from tutor.tui.widgets.drawing import Drawing
from tutor.tui.widgets.run_report import report_lines

STEERING = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eabc\x08\x7f\ud800 end"
HANDLER = (
    "import sys\ndef handler(event, context):\n    sys.stdout.buffer.raw.write(b'\\x1b[2J\\x9b31m\\xff\\xfe \\x07 printed\\n') if hasattr(sys.stdout.buffer, 'raw') else sys.stdout.buffer.write(b'\\x1b[2J\\xff printed\\n')\n"
    "    print('\\x1b[2J\\u202e said')\n    if event == 'raise': raise ValueError('\\x1b[2J\\u202e raised')\n"
    "    if event == 'deep': return b'[' * 900 + b']' * 900\n"
    "    return {'half': '\\ud800', 'c1': '\\x9b2J', 'bidi': '\\u202e', 'nan': 1}\n"
)


def steers(text: str) -> list[str]:
    """The letters that a terminal would obey."""
    return [
        ch for ch in text if (ord(ch) < 32 and ch not in "\n\t") or 0x7F <= ord(ch) < 0xA0 or ch in "\u202e\u2066\ufeff"
    ]


def test_the_command_line_shows_no_escape(create: Create, tmp_path: Path) -> None:
    """Log, payload, errors and deep nests are printed harmlessly; with --json each line is one of ASCII."""
    file = tmp_path / "app.py"
    file.write_text(HANDLER)
    for event, flags in (({}, []), ({}, ["--json"]), ("raise", []), ("deep", [])):
        command = [sys.executable, "-m", "tutor", "invoke", str(file), "--event", json.dumps(event), *flags]
        ran = subprocess.run(command, capture_output=True, timeout=60)
        told = ran.stdout.decode() + ran.stderr.decode()
        assert ran.returncode == (1 if event == "raise" else 0), told
        assert steers(told) == [], told
        assert json.loads(ran.stdout) is not None


async def test_screens_show_no_escape() -> None:
    """Answers, log lines and verdicts are painted without anything that steers, in their own styles."""
    hostile = replace(
        an_invocation(),
        payload={STEERING: STEERING},
        log=(LogEvent(0.0, "function", STEERING), LogEvent(1.0, "platform", STEERING)),
    )
    grade = grade_of([Verdict(demand.id, demand.says, "fails", STEERING) for demand in LAB.demands])

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield Drawing(lambda width: report_lines(["run"], [hostile], PRICES, width))
            yield Drawing(lambda width: checklist_lines(LAB.demands, grade, width))

    app = Shown()
    async with app.run_test(size=(60, 60)) as pilot:
        await pilot.pause()
        painted = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
    text = "\n".join(painted)
    assert "␛[2J" in text
    assert steers(text) == []
    text.encode()
