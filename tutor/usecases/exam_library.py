"""The Protocol that the exam room needs from the content: the library, with the exams."""

from collections.abc import Mapping
from typing import Protocol

from tutor.study.blueprint import Blueprint
from tutor.usecases.library import Library


class ExamLibrary(Library, Protocol):
    """The library, with the exams."""

    def blueprints(self) -> Mapping[str, Blueprint]:
        """The exams by name."""
        ...
