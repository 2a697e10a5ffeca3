"""The region: deploy, invoke, watch the queue, steer the clock; and nothing of it before its key is pressed."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import SmallParts
from tests.fakes.region import ORDERS, FakeSeeRegion, a_full_region
from tests.tui.walk import Walk, play, walking
from tutor import locations
from tutor.errors import UsageError
from tutor.tui.app import TutorApp, run_app
from tutor.tui.screens.region import RegionScreen
from tutor.usecases.see_region import FunctionKey, HappenedRow, Wish
from tutor.wiring import Tutor

LINES = "export AWS_ENDPOINT_URL=http://127.0.0.1:9330"


@asynccontextmanager
async def at_region(
    root: Path, region: FakeSeeRegion | None = None, width: int = 80, height: int = 24
) -> AsyncIterator[tuple[Walk, FakeSeeRegion]]:
    """The region screen over a scripted region, opened by its key at home."""
    parts = SmallParts(root, FakeFunctions(play))
    parts.see_region = region or a_full_region()
    async with walking(root, width, height, parts) as walk:
        await walk.press("g")
        await until_seen(walk)
        yield walk, parts.see_region


async def until_seen(walk: Walk) -> None:
    """Wait until the region is open and has been looked at, or could not be."""
    screen = walk.app.screen
    assert isinstance(screen, RegionScreen)
    await walk.until(lambda: screen.view is not None or screen.unusable)
    await walk.settle()


async def shows(walk: Walk, *texts: str) -> None:
    """Wait until the screen, which looks by itself, says these."""
    for text in texts:
        await walk.until(lambda text=text: text in walk.words)  # type: ignore[misc]


async def test_g_opens_the_region_with_everything_of_a_function(tmp_path: Path) -> None:
    """Promise: functions with settings and state; versions, alias weights, concurrency, sources, URL, failures."""
    async with at_region(tmp_path) as (walk, _):
        assert walk.screen == "RegionScreen"
        await shows(
            walk,
            "Region default · http://127.0.0.1:9330",
            "clock runs +00:00:00",
            "▸ ● orders",
            "python3.13 · 128 MB · 3 s · Active",
            "version 2 ● Active · python3.13 · 128 MB · 9 s",
            "alias live → version 2 90 %, version 1 10 %",
            "reserved 5 at a time",
            "provisioned ◐ live 1 of 2 · IN_PROGRESS",
            "source ● Enabled · arn:aws:sqs:us-east-1:123456789012:jobs · batches of 10 · OK",
            "URL http://127.0.0.1:9331/",
            "failures retries of $LATEST: 1",
        )


async def test_an_empty_region_offers_code_of_the_course_under_enter(tmp_path: Path) -> None:
    """Promise: whoever only presses Enter gets a function, and r runs it with its own event."""
    async with at_region(tmp_path, FakeSeeRegion()) as (walk, region):
        assert "There is no function in this region yet." in walk.text
        assert "Enter deploy" in walk.text
        await walk.press("enter")
        assert "1.1 your lab A lab" in walk.words
        await walk.press("enter")
        await shows(walk, "▸ ● every-limit", "every-limit is deployed.")
        await walk.press("r")
        await shows(walk, "✓ answered")
        assert region.invoked == [(FunctionKey("us-east-1", "every-limit"), Wish('{"a": 1}'))]


async def test_a_run_is_drawn_with_its_strip_and_the_ones_before_it(tmp_path: Path) -> None:
    """Promise: the strip appears wherever an invocation appears: the last run in full, the others as strips."""
    async with at_region(tmp_path, height=48) as (walk, _):
        await walk.press("r", "r")
        await shows(walk, "orders", "00000002 · 128 MB · warm", "BEFORE IT", "00000001", "INIT 96 ms", "held by memory")


async def test_an_event_is_typed_in_and_kept(tmp_path: Path) -> None:
    """Promise: Enter asks for event and qualifier; what was typed is there again, also after Esc and at home."""
    async with at_region(tmp_path) as (walk, region):
        await walk.press("enter", "ctrl+u")
        await walk.write('{"id": 7}')
        await walk.press("tab")
        await walk.write("live")
        await walk.press("escape")
        assert region.invoked == []
        await walk.press("escape", "g")
        await until_seen(walk)
        await walk.press("r")
        await shows(walk, "✓ answered")
        assert region.invoked == [(ORDERS, Wish('{"id": 7}', "live"))]
        await walk.press("enter")
        assert '{"id": 7}' in walk.text


async def test_an_event_that_is_no_json_stays_in_its_field(tmp_path: Path) -> None:
    """Promise: a slip of the finger is told where it was made, and nothing is invoked."""
    async with at_region(tmp_path) as (walk, region):
        await walk.press("enter", "backspace", "enter")
        assert "✗ The event is no JSON: Expecting" in walk.words
        assert region.invoked == []
        await walk.press("}", "enter")
        await shows(walk, "✓ answered")


async def test_a_refusal_is_told_in_aws_words(tmp_path: Path) -> None:
    """Promise: what AWS refuses is a sentence, and the next try works."""
    async with at_region(tmp_path) as (walk, region):
        region.wishes[ORDERS] = Wish("{}", "nope")
        await walk.press("r")
        await shows(walk, "✗ ResourceNotFoundException: Function not found: orders:nope")
        region.wishes[ORDERS] = Wish("{}")
        await walk.press("r")
        await shows(walk, "✓ answered")
        assert "ResourceNotFound" not in walk.text


async def test_a_failing_event_is_stepped_through_its_retries(tmp_path: Path) -> None:
    """Promise: with the clock paused each attempt happens alone, at its moment of region time."""
    async with at_region(tmp_path) as (walk, region):
        await walk.press("space")
        await shows(walk, "clock paused +00:00:00", "The clock stands.", "Space run")
        await walk.press("enter", "ctrl+u")
        await walk.write('"boom"')
        await walk.press("f8")
        await shows(walk, "WAITING 1", '+00:00:00 ○ orders attempt 1 "boom"', "1 +10 s", "The event is in the queue.")
        await walk.press("full_stop")
        await shows(walk, "+00:01:00 ○ orders attempt 2", "+00:00:00 ✗ orders attempt 1 failed: Boom, again later")
        await walk.press("2")
        await shows(walk, "clock paused +00:01:00", "+00:03:00 ○ orders attempt 3", "1 min later.")
        await walk.press("greater_than_sign")
        await shows(walk, "+00:03:00 ✗ orders attempt 3 failed: Boom, given up", "No event waits in the queue.")
        await walk.press("full_stop")
        await shows(walk, "Nothing is due. Schedules fire when time passes")
        await walk.press("space")
        await shows(walk, "clock runs +00:03:00")
        assert [wish.queued for _, wish in region.invoked] == [True]


async def test_time_goes_as_far_as_the_key_says(tmp_path: Path) -> None:
    """Promise: 1, 2 and 3 are ten seconds, a minute and an hour."""
    async with at_region(tmp_path) as (walk, _):
        for key, told in (("1", "+00:00:10"), ("2", "+00:01:10"), ("3", "+01:01:10")):
            await walk.press(key)
            await shows(walk, f"clock runs {told}")


async def test_logs_and_metrics_are_read_when_they_are_looked_at(tmp_path: Path) -> None:
    """Promise: the logs' pane has the metrics by their names and the lines of the streams."""
    async with at_region(tmp_path) as (walk, _):
        await walk.press("r", "tab", "tab")
        await shows(walk, "Duration 1.5 ms on average", "Errors 0", "Invocations 1", "START RequestId", "REPORT")
        assert "2026/11/20/[$LATEST]0123" in walk.text


async def test_functions_are_found_and_walked_through(tmp_path: Path) -> None:
    """Promise: n, p and the arrows choose a function, / lists only some, and an empty search lists all again."""
    async with at_region(tmp_path) as (walk, _):
        await walk.press("n")
        await shows(walk, "▸ ● pictures")
        await walk.press("down", "down")
        await shows(walk, "▸ ● orders")
        await walk.press("p")
        await shows(walk, "▸ ● reports")
        await walk.press("slash")
        await walk.write("RES")
        await walk.press("enter")
        await shows(walk, "functions 1 with RES", "▸ ● pictures")
        assert "● orders" not in walk.text
        await walk.press("slash", "ctrl+u", "enter")
        await shows(walk, "● orders", "▸ ● pictures", "functions 3")


async def test_the_list_keeps_the_chosen_function_in_sight(tmp_path: Path) -> None:
    """Promise: a thousand functions are a list around the chosen one, not a screen full of others."""
    region = FakeSeeRegion(functions=[FunctionKey("us-east-1", f"f{number:04}") for number in range(1000)])
    async with at_region(tmp_path, region) as (walk, _):
        await walk.press("p")
        await shows(walk, "▸ ● f0999", "more, / finds one", "$LATEST ● Active")


async def test_the_timeline_goes_on_while_one_looks(tmp_path: Path) -> None:
    """Promise: what happens elsewhere (a shell, a queue) shows by itself."""
    async with at_region(tmp_path) as (walk, region):
        await walk.press("tab", "tab")
        region.happened.append(HappenedRow(1, 3600.0, "throttle", "orders", "ReservedFunctionConcurrentInvocation"))
        region.now = 3600.0
        await shows(walk, "+01:00:00 ✗ orders throttle Reserved", "clock runs +01:00:00")


async def test_the_export_lines_are_shown_and_copied(tmp_path: Path) -> None:
    """Promise: one key gives the lines for a shell."""
    async with at_region(tmp_path) as (walk, _):
        await walk.press("x")
        assert LINES in walk.text
        assert walk.app.clipboard == LINES


async def test_a_region_in_use_is_told_and_tried_again_with_enter(tmp_path: Path) -> None:
    """Promise: where another tutor has the region, the screen says so and what to do; Enter tries again."""
    region = replace(a_full_region(), in_use=True)
    async with at_region(tmp_path, region) as (walk, _):
        assert "in use by another tutor" in walk.text
        assert "End the other tutor" in walk.text
        assert "Enter try again" in walk.text
        assert "r run" not in walk.text
        region.in_use = False
        await walk.press("enter")
        await shows(walk, "▸ ● orders")
        assert "another tutor" not in walk.text


async def test_what_could_not_be_brought_back_is_told(tmp_path: Path) -> None:
    """Promise: a loss is never silent."""
    region = a_full_region()
    region.opened.lost = ("a queue named jobs",)
    async with at_region(tmp_path, region) as (walk, _):
        await shows(walk, "✗ Not there again: a queue named jobs")


async def test_every_action_is_in_help_and_palette(tmp_path: Path) -> None:
    """Promise: no key of this screen is a secret."""
    async with at_region(tmp_path, height=48) as (walk, _):
        named = {word for _, word, _, _ in walk.app.screen.named_actions()}  # type: ignore[attr-defined]
        assert {"invoke", "run", "pause", "step", "forward", "deploy", "export lines", "find"} <= named
        assert {"10 s on", "1 min on", "1 h on", "next", "previous", "panes", "help", "back"} <= named
        await walk.press("question_mark")
        assert "The region answers boto3" in walk.text


@pytest.mark.parametrize(("width", "height"), [(60, 20), (80, 24), (160, 48)])
async def test_the_keys_that_matter_fit_at_every_size(tmp_path: Path, width: int, height: int) -> None:
    """Promise: at the smallest size Enter, r, the panes and help are told; at 80 columns the clock's keys too."""
    async with at_region(tmp_path, None, width, height) as (walk, _):
        keys = walk.text.splitlines()[-1]
        wanted = ["Enter invoke", "r run", "Tab panes", "? help"]
        for word in wanted + (["Space pause", ". step", "> forward"] if width >= 80 else []):
            assert word in keys


async def test_at_160_columns_four_panes_are_seen_together(tmp_path: Path) -> None:
    """Promise: wide means more at once."""
    async with at_region(tmp_path, None, 160, 48) as (walk, _):
        await walk.press("r")
        await shows(walk, "functions 3", "runs of orders", "logs of orders", "WAITING", "TIMELINE", "Invocations 1")


def test_the_region_is_closed_when_the_tutor_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: nothing of the region runs on when the tutor has been left, whichever way."""
    parts = SmallParts(tmp_path, FakeFunctions(play))

    def ended(app: TutorApp) -> None:
        app.at_end(parts.see_region.close)
        app.at_end(parts.see_region.close)
        raise RuntimeError("broken")

    monkeypatch.setattr("tutor.tui.app._terminal", lambda stream: True)
    monkeypatch.setattr("tutor.tui.app.Hangup.start", lambda watcher: None)
    monkeypatch.setattr(TutorApp, "run", ended)
    with pytest.raises(RuntimeError):
        run_app(parts)
    assert parts.see_region.closed == 1


def test_nothing_of_the_region_is_imported_before_its_key(tmp_path: Path) -> None:
    """Promise: the start does not pay for the region."""
    code = (
        "import sys\n"
        "from tutor.tui.app import TutorApp\n"
        "from tutor.wiring import Tutor\n"
        "import asyncio\n"
        "async def start():\n"
        "    app = TutorApp(Tutor())\n"
        "    async with app.run_test(size=(80, 24)) as pilot:\n"
        "        while app.background.busy:\n"
        "            await pilot.pause(0.01)\n"
        "        await pilot.pause()\n"
        "asyncio.run(start())\n"
        "late = ('tutor.region', 'boto', 'moto', 'tutor.tui.screens.region')\n"
        "print([name for name in sys.modules if name.startswith(late)])\n"
    )
    environment = {"TUTOR_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=locations.PACKAGE.parent, env=environment, capture_output=True, text=True
    )
    assert run.stdout.strip() == "[]", run.stderr


async def test_over_the_real_region_enter_deploys_and_r_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: over the real parts Enter deploys, r runs in the sandbox, and the log is the function's own."""
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    parts = SmallParts(tmp_path, FakeFunctions(play))
    real = Tutor().see_region
    monkeypatch.setattr(parts, "see_region", real)
    async with walking(tmp_path, 160, 48, parts) as walk:
        await walk.press("g")
        await until_seen(walk)
        await walk.press("enter", "enter")
        await shows(walk, "is deployed.")
        await walk.press("r")
        await shows(walk, "✓ answered", "runs of", "INIT", "Invocations 1 ", "REPORT RequestId")
        walk.app.close_down()
    with pytest.raises(UsageError, match="closed"):
        real.open()
