"""The room, the result, looking back, and the history."""

from datetime import timedelta
from pathlib import Path

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import NOON, SmallParts
from tests.tui.exam import begin, enter_room, point_at, right, sitting, wrong
from tests.tui.walk import Walk, play, walking
from tutor.tui.app import TutorApp
from tutor.tui.screens.exam_room import ExamRoomScreen
from tutor.tui.widgets.question_map import groups_in
from tutor.tui.widgets.score_bar import bar, standing_bars
from tutor.tui.widgets.timer import clock, left
from tutor.usecases.exam_offers import ExamOffers


async def sit(walk: Walk, title: str, *sure: str) -> None:
    """Sit a paper: answer everything wrong, sure where ``sure`` says so, and hand in."""
    page = await begin(walk, title)
    for number in range(len(page.room.sitting.questions)):
        if page.room.sitting.paper.questions[number].question_id in sure:
            await walk.press("k", "k", "k")
        await walk.press(*wrong(walk), "enter")
    await walk.press("y")


async def test_the_result_tells_what_to_look_at_first(tmp_path: Path) -> None:
    """Promise: raw score, sure but wrong first, and Enter walks through it, that one before the others."""
    async with walking(tmp_path) as walk:
        await sit(walk, "Lambda only", "limits/memory-range")
        assert "0 of 3 questions right 0 %" in walk.words
        assert "Sure but wrong: 1" in walk.text
        await walk.press("enter")
        assert "1 of 3" in walk.text
        assert "What is the smallest memory size?" in walk.text
        assert "your answer" in walk.text
        await walk.press("n", "n", "n")
        assert walk.screen == "ExamResultScreen"


async def test_an_exam_names_its_scaled_score_an_estimate(tmp_path: Path) -> None:
    """Promise: by domain, with the estimate named as one, and what the bank lacked said again."""
    async with walking(tmp_path) as walk:
        await sit(walk, "DVA-C03")
        assert "estimated scaled score 100, pass mark 720" in walk.words
        assert "AWS does not publish its formula" in walk.words
        assert "Troubleshooting" in walk.text
        assert "The bank lacked 2 of the exam's questions" in walk.words


async def test_the_result_tells_the_chance_to_pass_each_claim_and_the_time(tmp_path: Path) -> None:
    """Promise: the chance with its interval, every claim with its sentence and score, the seconds of each question."""
    async with walking(tmp_path, 80, 48) as walk:
        await sit(walk, "DVA-C03")
        assert "chance to pass 0" in walk.words
        assert "% the Lambda part of DVA-C03, today, from 2 fresh answers" in walk.words
        assert "BY CLAIM ✗ LIM-005 0 of 2 A function is stopped at its timeout, from outside." in walk.words
        assert "BY QUESTION" in walk.text


async def test_from_the_result_to_what_teaches_it(tmp_path: Path) -> None:
    """Promise: l opens the lesson, o the claim, a asks again; Esc comes back to the result each time."""
    async with walking(tmp_path) as walk:
        await sit(walk, "Lambda only")
        assert "Next: lesson 1.1 Every limit, and who enforces it" in walk.words
        assert "Then: lab A handler that outgrows its memory b" in walk.words
        assert "Missed most: LIM-005 A function is stopped at its timeout" in walk.words
        screens = {
            "l": "LessonScreen",
            "b": "LabScreen",
            "o": "ClaimScreen",
            "a": "QuestionScreen",
            "m": "ReviewSittingScreen",
        }
        for key, screen in screens.items():
            await walk.press(key)
            assert walk.screen == screen
            await walk.press("escape")
            assert walk.screen == "ExamResultScreen"
        await walk.press("enter", "l", "escape", "a", "escape")
        assert walk.screen == "ReviewSittingScreen"


async def test_nothing_wrong_has_nothing_to_walk_through(tmp_path: Path) -> None:
    """Promise: with everything right Enter leads back to the room."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only")
        for _ in range(3):
            await walk.press(*right(walk), "enter")
        await walk.press("enter")
        assert "3 of 3 questions right 100 %" in walk.words
        await walk.press("enter")
        assert walk.screen == "ExamRoomScreen"


async def test_past_sittings_are_a_list_and_a_plot(tmp_path: Path) -> None:
    """Promise: the newest on top, its bar pointed at; Enter opens the result of the one at hand."""
    async with walking(tmp_path) as walk:
        await sit(walk, "Lambda only")
        await walk.press("escape")
        await begin_again(walk)
        await walk.press("escape", "b")
        assert walk.screen == "HistoryScreen"
        assert "Lambda only exam 3 of 3 · 100 %" in walk.words
        assert "0 of 3 · 0 %" in walk.words
        assert "100 % ██" in walk.words
        await walk.press("down", "enter")
        assert "0 of 3 questions right" in walk.text


async def begin_again(walk: Walk) -> None:
    """From the room: the same paper, all right."""
    await point_at(walk, "Lambda only")
    await walk.press("enter", "enter")
    for _ in range(3):
        await walk.press(*right(walk), "enter")
    await walk.press("enter")


async def test_a_history_without_sittings_says_so(tmp_path: Path) -> None:
    """Promise: nothing handed in yet is a sentence."""
    async with walking(tmp_path) as walk:
        await enter_room(walk)
        await walk.press("b")
        assert "Nothing has been handed in yet." in walk.text


async def test_the_mode_is_chosen_before_the_start(tmp_path: Path) -> None:
    """Promise: m turns an exam into practice, and the rules of the mode stand there."""
    async with walking(tmp_path) as walk:
        await enter_room(walk)
        await point_at(walk, "10-minute")
        assert "no feedback before the end" in walk.words
        await walk.press("m", "enter")
        assert "explained at once" in walk.words


async def test_a_free_choice_is_of_topic_difficulty_claims_number_and_time(tmp_path: Path) -> None:
    """Promise: all of it is in sight at 80 by 24, walks by the arrows, turns by Space, and the paper is just that."""
    async with walking(tmp_path) as walk:
        await enter_room(walk)
        await walk.press("c")
        for row in ("questions", "time", "difficulty", "claims", "limits"):
            assert row in walk.words
        await walk.press("space", "up", "space")
        await walk.write("lim-005")
        await walk.press("enter", "up", "space", "space", "up", "space", "up", "left", "enter")
        assert "limits, LIM-005 (middling)" in walk.words
        assert "10 minutes." in walk.words
        assert "This paper wants 5 questions, the bank has 3." in walk.words
        await walk.press("enter")
        assert {one.question_id.split("/")[0] for one in sitting(walk).room.sitting.paper.questions} == {"limits"}


async def test_a_free_choice_that_finds_nothing_is_mended_and_not_made_anew(tmp_path: Path) -> None:
    """Promise: after a choice without a question the same choice stands there again."""
    async with walking(tmp_path) as walk:
        await enter_room(walk)
        await walk.press("c", "space", "up", "space")
        await walk.write("lim-999")
        await walk.press("enter", "up", "space", "up", "space", "up", "left", "enter")
        assert "No question is about the claim 'LIM-999'" in walk.words
        await walk.press("c")
        for told in ("at most 5", "10 minutes", "easy", "LIM-999", "● limits"):
            assert told in walk.words, told


async def test_the_app_can_open_in_the_exam_room(tmp_path: Path) -> None:
    """Promise: ``tutor exam`` begins in the room, with home below it."""
    app = TutorApp(SmallParts(tmp_path, FakeFunctions(play)), "exam")
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(1000):
            if type(app.screen).__name__ == "ExamRoomScreen":
                break
            await pilot.pause(0.01)
        assert type(app.screen).__name__ == "ExamRoomScreen"
        await pilot.press("escape")
        assert type(app.screen).__name__ == "HomeScreen"


async def test_the_app_opens_at_the_paper_that_was_named(tmp_path: Path) -> None:
    """Promise: ``tutor exam quiz --practice`` points at it, in that mode, also where a sitting waits above it."""
    parts = SmallParts(tmp_path, FakeFunctions(play))
    parts.sit_exam.begin(ExamOffers(parts.sit_exam).paper("lambda"), "exam")
    app = TutorApp(parts, "exam", "DVA-C03", "practice")
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(1000):
            room = app.screen
            if isinstance(room, ExamRoomScreen) and room.found and room.found.rows[0].kind == "sitting":
                break
            await pilot.pause(0.01)
        assert isinstance(room, ExamRoomScreen)
        assert room.row is not None
        assert room.row.title.startswith("DVA-C03")
        assert room.mode_of(room.row) == "practice"


async def test_time_that_ran_out_meanwhile_is_told(tmp_path: Path) -> None:
    """Promise: whoever comes back after the end finds a sentence, at home or in the room, and the result under b."""
    parts = SmallParts(tmp_path, FakeFunctions(play))
    parts.sit_exam.begin(ExamOffers(parts.sit_exam).paper("quiz"), "exam")
    later = SmallParts(tmp_path, FakeFunctions(play), memory=parts.memory, now=lambda: NOON + timedelta(days=1))
    async with walking(tmp_path, parts=later) as walk:
        await walk.until(lambda: "meanwhile" in walk.words)
        assert "ran out meanwhile: handed in with 0 of 3 answered" in walk.words
        await walk.press("x", "b")
        assert "0 of 3" in walk.words


async def test_at_160_columns_the_map_stands_beside_the_question(tmp_path: Path) -> None:
    """Promise: wide means more at once, and 60 columns are enough for everything."""
    async with walking(tmp_path, 160, 48) as walk:
        await begin(walk, "Lambda only")
        assert "1 ◐ ○ ○" in walk.text
    async with walking(tmp_path, 60, 20) as walk:
        await begin(walk, "Lambda only")
        await walk.press("m")
        assert "1 ◐ ○ ○" in walk.text


def test_times_and_bars() -> None:
    """Promise: hours only where there are some, a warning near the end, a bar as long as its share."""
    assert (clock(59.9), clock(617), clock(3737)) == ("00:59", "10:17", "01:02:17")
    assert "$text-error" in left(42).markup
    assert "$text-error" not in left(420).markup
    assert left(None).plain == "no limit"
    assert bar(0.5, 10).plain == "█████░░░░░"
    assert bar(2, 4).plain == "████"
    assert (groups_in(76), groups_in(30), groups_in(5)) == (3, 1, 1)
    lines = [line.plain for line in standing_bars([0.0, 1.0], 1, 2, 40, 0.689)]
    assert lines[0].startswith("  pass ")
    assert lines[1] == "  50 %    ██ "
    assert lines[2].index("▸") > lines[2].rindex(" " * 10)
