"""Scores from the answers alone: how many were right, by content domain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tutor.study.answer import Answer


@dataclass(frozen=True)
class Score:
    """Answers that were given, and how many of them were right."""

    asked: int = 0
    right: int = 0

    def with_answer(self, answer: Answer) -> "Score":
        """The score with one answer more."""
        return Score(self.asked + 1, self.right + answer.correct)


def by_domain(answers: Iterable[Answer], domains_of: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, int], Score]:
    """Scores by (blueprint, content domain), in order. ``domains_of`` maps a question's id to its domains."""
    scores: dict[tuple[str, int], Score] = {}
    for answer in answers:
        for domain in domains_of.get(answer.question_id, {}).items():
            scores[domain] = scores.get(domain, Score()).with_answer(answer)
    return dict(sorted(scores.items()))
