"""The Protocol that the use cases need from the content: what there is to learn."""

from typing import Protocol

from tutor.study.claim import Claim
from tutor.study.course import CourseMap, Lab, Lesson
from tutor.study.paper import BankEntry
from tutor.study.scenario import Proof, Scenario


class Library(Protocol):
    """All content, read when first asked for. Unknown ids raise ``UsageError`` naming the nearest valid one.

    Broken content raises ``ContentError`` for the item asked for, never for another one.
    """

    def course_map(self) -> CourseMap: ...

    def lesson(self, lesson_id: str) -> Lesson: ...

    def lab(self, lab_id: str) -> Lab: ...

    def claim(self, claim_id: str) -> Claim: ...

    def claims(self) -> tuple[Claim, ...]: ...

    def claim_proof(self, claim_id: str) -> Proof | None:
        """The recorded proof of the claim's experiment, or None."""
        ...

    def scenario_ids(self) -> tuple[str, ...]: ...

    def bank(self) -> tuple[BankEntry, ...]:
        """Every sound question family, without its text: cheap, where reading the questions is not."""
        ...

    def seeds(self, scenario_id: str) -> int:
        """How many seeds the family has (at least 1)."""
        ...

    def scenario(self, scenario_id: str, seed: int = 0) -> Scenario: ...

    def scenario_proof(self, scenario_id: str) -> Proof | None: ...

    def key(self, scenario_id: str, seed: int = 0) -> tuple[str, ...]:
        """The ids of the right options: from the recorded proof, or as written for ``asks: fact``.

        Raises ``ContentError`` when a computed question has no proof, or a stale one.
        """
        ...
