"""Where one stands, item by item: a lesson, lab, content domain or claim with its status and the reason in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from tutor.study.claim import Claim
from tutor.study.course import LessonEntry
from tutor.study.progress import LessonMarks, Mark
from tutor.study.review import ReviewCard
from tutor.study.score import Score


@dataclass(frozen=True)
class ProgressItem:
    """One line of the progress. ``more`` holds the plain numbers behind ``why``, by name."""

    id: str
    kind: Literal["lesson", "lab", "domain", "claim"]
    status: str
    why: str
    title: str
    more: Mapping[str, Any] = field(default_factory=dict)


_TEXT: Mapping[Mark, str] = {"done": "text read", "begun": "text begun", "not yet": "text not read yet"}
_LAB: Mapping[Mark, str] = {"done": "passed", "begun": "begun, not passed yet", "not yet": "not opened yet"}


def of_lesson(lesson: LessonEntry, marks: LessonMarks) -> ProgressItem:
    """A lesson: its text, how many labs are passed and how many questions of its quiz were answered right."""
    passed = sum(mark == "done" for mark in marks.labs.values())
    parts = [_TEXT[marks.text]]
    if marks.labs:
        parts.append(f"{passed} of {len(marks.labs)} labs passed")
    if marks.quiz_size:
        parts.append(f"{marks.quiz_right} of {marks.quiz_size} questions right")
    more = {"labs_passed": passed, "labs": len(marks.labs), "quiz_right": marks.quiz_right, "quiz": marks.quiz_size}
    return ProgressItem(lesson.id, "lesson", marks.whole, ", ".join(parts), lesson.title, more)


def of_labs(lesson: LessonEntry, marks: LessonMarks) -> tuple[ProgressItem, ...]:
    """The labs of a lesson."""
    return tuple(
        ProgressItem(lab_id, "lab", marks.labs[lab_id], _LAB[marks.labs[lab_id]], title)
        for lab_id, title in lesson.labs
    )


def of_domains(scores: Mapping[tuple[str, int], Score]) -> tuple[ProgressItem, ...]:
    """The content domains that were asked, by blueprint and number."""
    return tuple(
        ProgressItem(
            f"{blueprint}/{number}",
            "domain",
            "asked",
            f"{score.right} of {score.asked} answers right",
            f"{blueprint}, content domain {number}",
            {"right": score.right, "asked": score.asked},
        )
        for (blueprint, number), score in scores.items()
    )


def of_claims(
    claims: Iterable[Claim], cards: Mapping[str, ReviewCard], due: tuple[str, ...], now: datetime
) -> tuple[ProgressItem, ...]:
    """All claims: those that are due, most overdue first, then the others that are remembered, then the rest."""
    known = {claim.id: claim for claim in claims}
    later = sorted((id_ for id_ in known if id_ in cards and id_ not in due), key=lambda id_: (cards[id_].due, id_))
    rest = [id_ for id_ in known if id_ not in cards]
    asked = [id_ for id_ in due if id_ in known]
    return tuple(_of_claim(known[id_], cards.get(id_), id_ in due, now) for id_ in (*asked, *later, *rest))


def _of_claim(claim: Claim, card: ReviewCard | None, is_due: bool, now: datetime) -> ProgressItem:
    if card is None:
        return ProgressItem(claim.id, "claim", "not asked yet", "no question has asked it", claim.says)
    more = {"right": card.right, "asked": card.asked, "due": card.due.isoformat()}
    if not card.asked:
        return ProgressItem(claim.id, "claim", "practised", "practised in a lab, not asked yet", claim.says, more)
    when = f"due {_span(now - card.due)} ago" if is_due else f"due in {_span(card.due - now)}"
    status = "due" if is_due else "remembered"
    return ProgressItem(claim.id, "claim", status, f"{card.right} of {card.asked} right, {when}", claim.says, more)


def _span(span: timedelta) -> str:
    """A time span in its largest whole unit."""
    minutes = max(0, int(span.total_seconds())) // 60
    if minutes == 0:
        return "less than a minute"
    for unit, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
