"""What is drawn: the strip, the memory curve, the checklist, inline Markdown and the key line."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tests.fakes.course import LAB, PRICES
from tests.fakes.functions import a_failure, a_timeout, an_invocation
from tutor.awslambda.invocation import Phase
from tutor.study.course import Verdict, grade_of
from tutor.study.scenario import Option
from tutor.tui.widgets.bands import key_line
from tutor.tui.widgets.checklist import checklist_lines, summary
from tutor.tui.widgets.drawing import Lines, hanging, spread
from tutor.tui.widgets.inline import inline
from tutor.tui.widgets.memory_curve import memory_curve
from tutor.tui.widgets.options import option_lines
from tutor.tui.widgets.run_report import LOG_LINES, report_lines
from tutor.tui.widgets.strip import milliseconds, strip_lines


def plain(lines: Lines) -> str:
    """The lines' text."""
    return "\n".join(line.plain for line in lines)


def test_a_cold_start_has_both_phases_in_proportion() -> None:
    """Promise: INIT ▒ and INVOKE █ stand side by side, as long as they took."""
    names, bar = strip_lines(an_invocation(init_duration_ms=100.0, duration_ms=300.0), 43)
    assert bar.plain == "▒" * 10 + "┃" + "█" * 30
    assert names.plain.startswith("INIT 100 ms")
    assert "INVOKE 300 ms" in names.plain


def test_an_option_that_is_struck_out_has_a_sign() -> None:
    """Promise: what is chosen and what is struck out is seen without colour or style."""
    options = [Option(id=name, text=name, why="") for name in ("first", "second", "third")]
    assert plain(option_lines(options, ["second"], ["third"], 0, 30)).splitlines() == [
        "▸   1  first",
        "  ● 2  second",
        "  x 3  third",
    ]


def test_a_warm_start_has_no_init() -> None:
    """Promise: what did not happen is not drawn."""
    assert "INIT" not in plain(strip_lines(an_invocation(), 40))


def test_a_thawed_environment_shows_that_it_was_frozen() -> None:
    """Promise: a warm start begins with the time for which nothing ran, and still fits its width."""
    names, bar = strip_lines(an_invocation(duration_ms=300.0), 43, thawed=True)
    assert bar.plain.startswith("░░┃█")
    assert bar.cell_length <= 43
    assert names.plain.startswith("   INVOKE 300 ms")


def test_a_comparison_tells_what_changed_and_nothing_else() -> None:
    """Promise: under an invocation stand the values that differ from the run before, as then and now."""
    before, now = (
        a_timeout(),
        replace(an_invocation(duration_ms=300.0), report=replace(a_timeout().report, duration_ms=300.0)),
    )
    text = plain(report_lines(["one"], [now], PRICES, 120, [before]))
    assert "changed ✗ stopped at its timeout → ✓ answered · duration" in text
    assert "→ 300 ms" in text
    assert "billed" not in text.partition("changed ")[2].partition("·run")[0]
    same = plain(report_lines(["one"], [before], PRICES, 120, [before]))
    assert "changed nothing that was measured" in same
    assert "changed" not in plain(report_lines(["one"], [before], PRICES, 120))


@pytest.mark.parametrize(
    ("ended", "word"),
    [("timeout", "stopped at its timeout"), ("memory", "killed: out of memory"), ("exit", "the runtime exited")],
)
def test_the_place_where_a_limit_ended_it_is_marked(ended: str, word: str) -> None:
    """Promise: a limit is a sign at the end of the bar, and a word."""
    invocation = replace(a_timeout(), phases=(Phase("INVOKE", 0.0, 1000.0, ended),))  # type: ignore[arg-type]
    names, bar = strip_lines(invocation, 60)
    assert bar.plain.endswith("✗┃")
    assert word in names.plain


def test_a_raised_exception_is_a_function_error() -> None:
    """Promise: an answer that is an error document is not called an answer."""
    assert "✗ ended with an error" in plain(strip_lines(a_failure(), 60))


@given(width=st.integers(20, 200), init=st.floats(0, 20_000), invoke=st.floats(0, 900_000))
def test_the_strip_never_outgrows_its_width(width: int, init: float, invoke: float) -> None:
    """Promise: whatever the times, the bar fits and every phase is seen."""
    _, bar = strip_lines(an_invocation(init_duration_ms=init, duration_ms=invoke), width)
    assert bar.cell_length <= width
    assert "▒" in bar.plain
    assert "█" in bar.plain


def test_durations_are_read_at_a_glance() -> None:
    """Promise: tenths below ten milliseconds, seconds from ten seconds on."""
    assert [milliseconds(value) for value in (0.53, 412.4, 10_000)] == ["0.5 ms", "412 ms", "10.0 s"]


def test_the_memory_curve_rises_to_its_limit() -> None:
    """Promise: the curve's height is the share of the limit; gaps keep what was held before."""
    assert memory_curve([(0, 16.0), (50, 64.0), (100, 128.0)], 128, 4) == "▂▂▅█"
    assert memory_curve([], 128, 4) == ""


def test_before_a_run_the_demands_stand_open() -> None:
    """Promise: what is demanded can be read before anything is tried."""
    assert plain(checklist_lines(LAB.demands, None, 60)).startswith('○ answers {"rows": 400}')


def test_a_demand_that_cannot_be_judged_is_no_failure() -> None:
    """Promise: what this host cannot enforce is said in words, and never called failed."""
    grade = grade_of([Verdict("a", "says", "cannot be judged", "memory is not enforced here")])
    assert "– says" in plain(checklist_lines((), grade, 60))
    assert "not judged: memory is not enforced here" in plain(checklist_lines((), grade, 60))
    assert summary(grade).plain == "– cannot be judged on this host"


def test_after_a_timeout_the_next_run_says_that_it_was_reset() -> None:
    """Promise: an environment that was reset is neither called cold nor warm."""
    text = plain(report_lines(["one", "two", "three"], [a_timeout(), an_invocation(), an_invocation()], PRICES, 80))
    assert "two · 128 MB · after a reset" in text
    assert "three · 128 MB · warm" in text


def test_a_long_log_is_cut_in_its_middle() -> None:
    """Promise: ten thousand printed lines do not bury START and REPORT, and the cut is said."""
    invocation = an_invocation(printed=[f"line {number}" for number in range(10_000)])
    text = plain(report_lines(["one"], [invocation], PRICES, 80))
    assert len(text.splitlines()) < LOG_LINES + 20
    assert "START" in text
    assert "REPORT" in text
    assert "9943 lines left out" in text


def test_inline_marks_become_styles() -> None:
    """Promise: no backtick or star of Markdown is left in a drawn line; arithmetic keeps its own."""
    assert inline("**Choose** `a` or *b*, see [c](https://d)").plain == "Choose a or b, see c"
    assert inline("2 * 3 * 4").plain == "2 * 3 * 4"


def test_hanging_lines_begin_below_the_first_letter() -> None:
    """Promise: a wrapped option stays beside its number."""
    assert [line.plain for line in hanging(Content("1  "), inline("one two three"), 12)] == ["1  one two", "   three"]


def test_the_right_side_of_a_line_is_never_cut() -> None:
    """Promise: where both do not fit the left is shortened."""
    assert spread(inline("a long title"), inline("done"), 12).plain == "a lon…  done"


def test_the_key_line_always_keeps_its_help() -> None:
    """Promise: in a narrow terminal keys are left out from the end, but never ``?``."""
    text = key_line([("Enter", "go on"), ("r", "run"), ("e", "edit"), ("?", "help"), ("Esc", "back")], "", 30).plain
    assert "Enter go on" in text
    assert "? help" in text
    assert "Esc" not in text
