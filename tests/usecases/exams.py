"""The exam room over the real content and a real database, with a clock and a chance that a test holds."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from tests.fakes.course import PRICES
from tests.fakes.functions import FakeFunctions
from tests.fakes.quotas import QUOTAS
from tutor import locations
from tutor.content.library import ContentLibrary
from tutor.store.memory import open_memory
from tutor.usecases.answer_question import AnswerQuestion
from tutor.usecases.exam_library import ExamLibrary
from tutor.usecases.sit_exam import SitExam
from tutor.usecases.trial import Trial

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is turned, forth or back."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def turn(self, minutes: float) -> None:
        self.at += timedelta(minutes=minutes)


@cache
def the_library() -> ContentLibrary:
    """The real content, read once; nothing of it is kept on the disk, for no folder can be made there."""
    return ContentLibrary(locations.content_root(), Path(os.devnull) / "cache")


def exam_at(
    url: str, now: Callable[[], datetime] | None = None, seed: int = 7, library: ExamLibrary | None = None
) -> SitExam:
    """The exam room over the database at ``url``; each call has a connection of its own, as another tutor would."""
    memory, clock, chance = open_memory(url), now or Clock(), Random(seed)
    shelf = library or the_library()
    asking = AnswerQuestion(shelf, Trial(FakeFunctions(), QUOTAS, PRICES), memory, clock, chance)
    return SitExam(shelf, memory, lambda: asking, clock, chance)
