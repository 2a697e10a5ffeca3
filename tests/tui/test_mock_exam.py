"""A paper of the real content sat in the real program from start to result, over the real store."""

from typing import Any, cast

import pytest

from tests.fakes.parts import SmallParts
from tests.tui.exam import begin, right, wrong
from tests.tui.walk import Walk
from tutor.tui.app import TutorApp
from tutor.tui.screens.exam_result import ExamResultScreen
from tutor.wiring import Tutor


@pytest.mark.parametrize("title", ["10-minute quiz", pytest.param("DVA-C03", marks=pytest.mark.wide)])
async def test_a_paper_is_sat_from_start_to_result(title: str) -> None:
    """Promise: all questions there are for it, one after the other, two of three right; the result says just that."""
    tutor = Tutor()
    app = TutorApp(cast("Any", tutor))
    async with app.run_test(size=(80, 24)) as pilot:
        walk = Walk(app, cast("SmallParts", tutor), pilot)
        await walk.settle()
        page = await begin(walk, title)
        count, expected = len(page.room.sitting.questions), 0
        for number in range(count):
            assert f"question {number + 1} of {count}" in walk.text
            good = number % 3 != 2
            await walk.press(*(right(walk) if good else wrong(walk)), *["f"][: number % 5 == 0], "enter")
            expected += good and page.room.sitting.paper.questions[number].scored
        await walk.press("y")
        result = app.screen
        assert isinstance(result, ExamResultScreen)
        assert result.result is not None
        asked = sum(question.scored for question in page.room.sitting.paper.questions)
        assert (result.result.raw.right, result.result.raw.asked) == (expected, asked)
        assert f"{expected} of {asked}" in walk.text
        assert len(tutor.memory.answers()) == count
        assert not tutor.sit_exam.unfinished()
