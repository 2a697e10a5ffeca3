"""Exams as their guides describe them: content domains with weights, numbers of questions, minutes, the scale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor


@dataclass(frozen=True)
class ContentDomain:
    """One content domain; ``weight`` is its share of the scored content, in percent.

    ``tasks`` are the guide's tasks and skills that are known here, by number (``1.2``, ``1.2.4``).
    """

    number: int
    title: str
    weight: int
    tasks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Blueprint:
    """One exam. ``scale`` is the least and the most that a scaled score can be; dates are ISO dates.

    AWS does not publish how raw marks become a scaled score: see ``score.estimated_scaled``.
    """

    name: str
    title: str
    questions: int
    minutes: int
    scored: int
    unscored: int
    scale: tuple[int, int]
    pass_mark: int
    domains: tuple[ContentDomain, ...]
    as_of: str
    source: str
    delivered_from: str | None = None
    delivered_until: str | None = None

    def shares(self, questions: int) -> Mapping[int, int]:
        """How many of so many questions each content domain gets, by number: largest remainders, no rounding loss."""
        exact = {domain.number: questions * domain.weight / 100 for domain in self.domains}
        counts = {number: floor(share) for number, share in exact.items()}
        left = questions - sum(counts.values())
        by_remainder = sorted(exact, key=lambda number: (counts[number] - exact[number], number))
        for number in by_remainder[:left]:
            counts[number] += 1
        return counts

    @property
    def seconds_a_question(self) -> float:
        """The pace that the exam asks for."""
        return self.minutes * 60 / self.questions
