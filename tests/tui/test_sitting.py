"""Sitting a paper on the screen: exam and practice, marks, map, time, the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import NOON, SmallParts
from tests.tui.exam import begin, enter_room, point_at, right, sitting, wrong
from tests.tui.walk import Walk, play, walking
from tutor.study.answer import Answer
from tutor.study.sitting import Phase, SittingEvent, SittingRecord


class Time:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def timed(root: Path, time: Time) -> SmallParts:
    return SmallParts(root, FakeFunctions(play), now=time)


def kept(walk: Walk) -> SittingRecord:
    """The only sitting in the memory."""
    (record,) = walk.parts.memory.sittings()
    return record


async def test_an_answer_is_kept_when_it_is_shown_and_nothing_is_told(tmp_path: Path) -> None:
    """Promise: in an exam a number chooses at once, that is kept, and no feedback comes before the end."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only")
        await walk.press(*wrong(walk))
        assert kept(walk).now.questions[0].chosen
        assert "●" in walk.text
        assert "observed" not in walk.text
        assert "✗" not in walk.text
        before = kept(walk).now.questions[0].chosen
        await walk.press("s", "o")
        assert walk.screen == "SittingScreen"
        await walk.press(*wrong(walk)[:1], *right(walk))
        assert kept(walk).now.questions[0].chosen != before


async def test_keys_that_are_typed_ahead_mean_what_they_would_mean_one_by_one(tmp_path: Path) -> None:
    """Promise: on a slow disk too a key after Enter belongs to the next question, and each k goes one step further."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only")
        memory, disk = walk.parts.memory, Event()
        at_once = memory.add_sitting_event

        def slowly(
            sitting_id: str, event: SittingEvent, given: Sequence[Answer] = (), known: int | None = None
        ) -> bool:
            disk.wait(30)
            return at_once(sitting_id, event, given, known)

        memory.add_sitting_event = slowly  # type: ignore[method-assign]
        await walk.pilot.press("1", "k", "k", "enter", "2", "enter", "down", "space", "x", "f", "p", "f")
        disk.set()
        await walk.settle()
        assert "question 2 of 3" in walk.text
        first, second, third = kept(walk).now.questions
        order = [question.option_order for question in kept(walk).begun.paper.questions]
        assert (first.chosen, first.confidence) == (order[0][:1], "unsure")
        assert (second.chosen, second.flagged) == (order[1][1:2], True)
        assert (third.chosen, third.struck, third.flagged) == ((), frozenset(order[2][1:2]), True)


async def test_marks_are_kept_and_come_back(tmp_path: Path) -> None:
    """Promise: flag, struck option, note and how sure are kept beside the question, and are there on return."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only")
        await walk.press(*right(walk), "k", "k", "f", "t")
        await walk.write("mind the role")
        await walk.press("enter", "down", "down", "down")
        page = sitting(walk)
        assert page.question is not None
        last = page.question.options[page.here].id
        if last not in page.chosen:
            await walk.press("x")
        state = kept(walk).now.questions[0]
        assert (state.flagged, state.note, state.confidence) == (True, "mind the role", "unsure")
        await walk.press("n", "p")
        assert "note: mind the role" in walk.text
        assert "⚑ flagged" in walk.text
        assert "how sure: unsure" in walk.text


async def test_the_map_shows_and_jumps(tmp_path: Path) -> None:
    """Promise: m shows what is answered, flagged and unseen; a number and Enter go there."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only")
        await walk.press(*right(walk), "f", "m")
        assert "1 ●⚑○ ○" in walk.text
        assert "Question 1 · answered, flagged" in walk.text
        await walk.press("3", "enter")
        assert "question 3 of 3" in walk.text
        await walk.press("m", "f", "enter")
        assert "question 1 of 3" in walk.text
        await walk.press("m", "b", "enter")
        assert "question 2 of 3" in walk.text


async def test_blanks_are_told_before_handing_in(tmp_path: Path) -> None:
    """Promise: d says what is blank and flagged; Enter goes to the first blank, Esc changes nothing, y hands in."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only")
        await walk.press(*right(walk), "n", "f", "n", "d")
        assert "1 of 3 questions are answered" in walk.text
        assert "2 (2, 3) are blank" in walk.text
        assert "⚑ 1 (2) is flagged" in walk.text
        await walk.press("enter")
        assert "question 2 of 3" in walk.text
        await walk.press("d", "escape")
        assert kept(walk).now.phase is Phase.RUNNING
        await walk.press("d", "y")
        assert walk.screen == "ExamResultScreen"
        assert kept(walk).now.phase is Phase.SUBMITTED
        assert len(walk.parts.memory.kept_answers) == 1


async def test_whoever_presses_enter_alone_comes_to_the_end(tmp_path: Path) -> None:
    """Promise: Enter goes from question to question, and after the last one to handing in."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only")
        for _ in range(3):
            await walk.press(*right(walk), "enter")
        assert walk.screen == "SubmitDialog"
        await walk.press("enter")
        assert "3 of 3 questions right 100 %" in walk.words


async def test_practice_explains_at_once_and_keeps_the_answer(tmp_path: Path) -> None:
    """Promise: in practice Enter answers, every option is explained, and s runs it."""
    async with walking(tmp_path, 160, 48) as walk:
        await begin(walk, "Lambda only", practice=True)
        while sitting(walk).question.scenario.id != "limits/timeout-kills":  # type: ignore[union-attr]
            await walk.press("n")
        number = sitting(walk).number
        await walk.press("enter")
        assert "Choose one first" in walk.words
        await walk.press(*right(walk), "k", "enter")
        assert "✓ right" in walk.text
        assert "Nothing is raised inside." in walk.text
        assert kept(walk).now.questions[number].chosen == ("timedout",)
        assert kept(walk).now.questions[number].confidence == "guess"
        await walk.press(*wrong(walk))
        assert kept(walk).now.questions[number].chosen == ("timedout",)
        await walk.press("s")
        assert "agrees with the recorded key" in walk.words


async def test_a_second_enter_in_haste_is_no_mistake(tmp_path: Path) -> None:
    """Promise: Enter twice at once gives one answer, and nothing is refused."""
    async with walking(tmp_path) as walk:
        await begin(walk, "Lambda only", practice=True)
        await walk.press(*right(walk))
        await walk.pilot.press("enter", "enter")
        await walk.settle()
        assert "its answer stays" not in walk.words
        assert sum(bool(state.chosen) for state in sitting(walk).room.sitting.questions) == 1


async def test_a_pause_stops_the_clock_in_practice_and_nowhere_else(tmp_path: Path) -> None:
    """Promise: z stops the clock in practice; an exam has no such key."""
    time = Time()
    async with walking(tmp_path, parts=timed(tmp_path, time)) as walk:
        await begin(walk, "10-minute", practice=True)
        await walk.press("z")
        assert "The clock stands still" in walk.text
        time.pass_by(3600)
        await walk.press("enter")
        assert sitting(walk).room.seconds_left() == 600
    async with walking(tmp_path) as walk:
        await begin(walk, "10-minute")
        await walk.press("z")
        assert walk.screen == "SittingScreen"


async def test_what_is_left_is_offered_again_and_its_clock_has_gone_on(tmp_path: Path) -> None:
    """Promise: home and the room offer an unfinished exam; the time away is gone, the answers are there."""
    time = Time()
    async with walking(tmp_path, parts=timed(tmp_path, time)) as walk:
        await begin(walk, "10-minute")
        await walk.press(*right(walk), "escape", "escape")
        time.pass_by(240)
        assert "EXAM ROOM 1 begun x" in walk.words
        await enter_room(walk)
        assert "Go on: 10-minute quiz" in walk.text
        assert "06:00 left" in walk.text
        assert "Its clock has gone on." in walk.text
        await walk.press("enter")
        assert "answered 1" in walk.text
        assert "06:00 left" in walk.text


async def test_time_up_hands_in_what_was_answered(tmp_path: Path) -> None:
    """Promise: at the end of the time the sitting is handed in by itself, and the result stands there."""
    time = Time()
    async with walking(tmp_path, parts=timed(tmp_path, time)) as walk:
        await begin(walk, "10-minute")
        await walk.press(*right(walk))
        time.pass_by(601)
        await walk.until(lambda: walk.screen == "ExamResultScreen")
        await walk.settle()
        assert "1 of 3 questions right" in walk.text
        assert "Blank: 2" in walk.text


async def test_time_up_while_away_is_handed_in_from_the_room(tmp_path: Path) -> None:
    """Promise: who comes back too late finds the result among the past sittings, with what was answered."""
    time = Time()
    async with walking(tmp_path, parts=timed(tmp_path, time)) as walk:
        await begin(walk, "10-minute")
        await walk.press(*right(walk), "escape", "escape")
        time.pass_by(86_400)
        await enter_room(walk)
        assert "Go on" not in walk.text
        await walk.press("b")
        assert "1 of 3 · 33 %" in walk.text


async def test_a_question_that_was_changed_says_so_and_can_be_passed(tmp_path: Path) -> None:
    """Promise: a question whose text changed since is not asked; the sitting goes on without it."""
    async with walking(tmp_path) as walk:
        page = await begin(walk, "Lambda only")
        asked = page.room.sitting.paper.questions[1].question_id
        walk.parts.library.change_scenario(asked)
        await walk.press("n")
        assert "was changed since" in walk.words
        await walk.press("1", "x", "enter")
        assert "question 3 of 3" in walk.text


async def test_another_tutor_handing_in_ends_it_here_too(tmp_path: Path) -> None:
    """Promise: a sitting that another tutor has handed in shows its result here, and nothing is kept twice."""
    async with walking(tmp_path) as walk:
        page = await begin(walk, "Lambda only")
        await walk.press(*right(walk))
        walk.parts.sit_exam.room(page.room.sitting.id).submit()
        await walk.press("f")
        await walk.until(lambda: walk.screen == "ExamResultScreen")
        assert len(walk.parts.memory.kept_answers) == 1


async def test_a_shortage_is_told_before_it_begins(tmp_path: Path) -> None:
    """Promise: what the bank lacks stands in the room and again before the start, with numbers."""
    async with walking(tmp_path) as walk:
        await enter_room(walk)
        await point_at(walk, "DVA-C03")
        assert "Development wants 2 questions, the bank has 0." in walk.words
        await walk.press("enter")
        assert walk.screen == "TellingDialog"
        assert "Development wants 2 questions, the bank has 0." in walk.words
        await walk.press("escape")
        assert walk.parts.memory.sittings() == ()


async def test_a_free_choice_is_composed(tmp_path: Path) -> None:
    """Promise: c asks for topics, difficulty, number and time, and composes that."""
    async with walking(tmp_path) as walk:
        await enter_room(walk)
        await walk.press("c", "space", "up", "up", "up", "space", "enter")
        assert "limits · practice" in walk.text
        assert "10 minutes" in walk.text
        await walk.press("enter")
        assert sitting(walk).room.sitting.paper.minutes == 10


async def test_the_end_of_the_time_waits_for_a_dialog(tmp_path: Path) -> None:
    """Promise: where the time ends beside an open map, the result comes when that is closed, and no sitting stays."""
    time = Time()
    async with walking(tmp_path, parts=timed(tmp_path, time)) as walk:
        await begin(walk, "Lambda only")
        await walk.press("m")
        time.pass_by(3600)
        await walk.until(lambda: kept(walk).now.phase is Phase.SUBMITTED)
        await walk.settle()
        assert walk.screen == "QuestionMapDialog"
        await walk.press("escape")
        assert walk.screen == "ExamResultScreen"
        await walk.press("escape")
        assert walk.screen == "ExamRoomScreen"
