"""Questions: choose, answer, see why, go on; and the result."""

from pathlib import Path

from tests.tui.walk import Walk, open_part, walking
from tutor.tui.screens.question import QuestionScreen


def key_of(walk: Walk, option_id: str) -> str:
    """The number under which an option is shown in this asking."""
    assert isinstance(walk.app.screen, QuestionScreen)
    question = walk.app.screen.question
    assert question is not None
    return str([option.id for option in question.options].index(option_id) + 1)


async def test_an_answer_is_stored_before_it_is_explained(tmp_path: Path) -> None:
    """Promise: when the explanation stands there, the answer is in the memory, with everything about it."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press(key_of(walk, "timedout"), "k", "k", "enter")
        assert "✓ right" in walk.text
        assert "saved" in walk.text
        (answer,) = walk.parts.memory.kept_answers
        assert (answer.chosen, answer.confidence, answer.mode, answer.correct) == (
            ("timedout",),
            "unsure",
            "quiz",
            True,
        )


async def test_every_option_is_explained(tmp_path: Path) -> None:
    """Promise: after the answer each option has its sign and reason; source, claims and older notes follow."""
    async with walking(tmp_path, 160, 48) as walk:
        await open_part(walk, 2)
        await walk.press(key_of(walk, "finally"), "enter")
        assert "✗ not right" in walk.text
        assert "your answer" in walk.text
        for why in ("It was stopped from outside.", "Nothing ran after the timeout.", "Nothing is raised inside."):
            assert why in walk.text
        assert "status timeout ·run" in walk.text
        assert "https://docs.aws.amazon.com/lambda/" in walk.text
        assert "LIM-005" in walk.text
        assert "Older notes say five minutes" in walk.text


async def test_a_single_choice_replaces_the_one_before(tmp_path: Path) -> None:
    """Promise: one question, one choice: the last."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press("1", "2", "enter")
        assert len(walk.parts.memory.kept_answers[0].chosen) == 1
        assert walk.parts.memory.kept_answers[0].chosen[0] == walk.parts.memory.kept_answers[0].option_order[1]


async def test_enter_without_a_choice_asks_for_one(tmp_path: Path) -> None:
    """Promise: nothing is scored by accident."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press("enter")
        assert "Choose one first" in walk.words
        assert walk.parts.memory.kept_answers == []


async def test_multiple_response_says_how_many_and_takes_no_more(tmp_path: Path) -> None:
    """Promise: "choose two" is said, fewer is asked for, a third is turned down."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press("n")
        assert "Choose two." in walk.text
        await walk.press("1", "enter")
        assert "Choose two first" in walk.words
        await walk.press("2", "3")
        assert "Already two are chosen" in walk.words
        await walk.press("1", "2", key_of(walk, "memory"), key_of(walk, "timeout"), "enter")
        assert "✓ right" in walk.text


async def test_show_me_runs_the_experiment_and_compares(tmp_path: Path) -> None:
    """Promise: s runs it now, says what was seen, and whether that agrees with the recorded key."""
    async with walking(tmp_path, 160, 48) as walk:
        await open_part(walk, 2)
        await walk.press("1", "enter", "s")
        assert "agrees with the recorded key ·run" in walk.words
        assert "all as recorded on 2026-11-20" in walk.words
        assert "billed ms 1,000" in walk.words


async def test_a_question_without_an_experiment_says_so(tmp_path: Path) -> None:
    """Promise: s on a fact runs nothing and says that its source is what is known."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press("n", "n", "1", "enter", "s")
        assert "known by its source" in walk.words


async def test_strike_out_takes_an_option_back(tmp_path: Path) -> None:
    """Promise: what is struck out is not chosen, and x brings it back."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press("1", "x", "enter")
        assert "Choose one first" in walk.words


async def test_the_result_says_what_to_do_next(tmp_path: Path) -> None:
    """Promise: after the last question: how many, which, and the next step under Enter."""
    async with walking(tmp_path) as walk:
        await open_part(walk, 2)
        await walk.press(key_of(walk, "timedout"), "enter", "enter", "n")
        await walk.press(key_of(walk, "half"), "enter", "enter")
        assert walk.screen == "ResultScreen"
        assert "1 of 3 right" in walk.text
        assert "skipped" in walk.text
        assert "▸" in walk.text
        await walk.press("a")
        assert "Question 1 of 2" in walk.text


async def test_review_asks_what_is_due(tmp_path: Path) -> None:
    """Promise: v on an empty review says that there is nothing, and a wrong answer is stored as review."""
    async with walking(tmp_path) as walk:
        walk.app.push_screen(QuestionScreen(None, ("limits/timeout-kills",)))
        await walk.settle()
        await walk.press("1", "enter")
        assert walk.parts.memory.kept_answers[0].mode == "review"
