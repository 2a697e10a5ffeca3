"""What the answers say about the questions: how hard each is, how well it tells learners apart, which options are used.

Of a class each learner's first answer to a question counts. Of one learner alone every answer does, and says how well
this one knows it, not how hard it is. Below the minimum counts there is no figure, only how many answers there are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from tutor.study.answer import Answer

FOR_FACILITY = 10
"""Answers that a share of right ones needs (its standard error is 0.16 then)."""
FOR_DISTRACTORS = 20
"""Answers that the use of options needs: an option works when at least one in twenty chose it."""
FOR_DISCRIMINATION = 30
"""Learners that a correlation needs (its standard error is 0.18 then)."""
WORKS = 0.05


@dataclass(frozen=True)
class ItemStatistics:
    """One question. None where there are too few answers; ``told`` says what is missing, empty where nothing is.

    ``facility`` is the share of right answers, ``discrimination`` the point-biserial correlation with the rest of the
    learner's score, ``used`` how often each option was chosen, ``idle`` the wrong options that next to nobody chose.
    """

    question_id: str
    answers: int
    learners: int
    facility: float | None
    discrimination: float | None
    used: Mapping[str, int] | None
    idle: tuple[str, ...]
    told: str


def item_statistics(learners: Iterable[Sequence[Answer]]) -> tuple[ItemStatistics, ...]:
    """Statistics of every question that was answered, by id. ``learners`` holds each learner's answers."""
    everybody = [[answer for answer in answers if answer.mode != "cram"] for answers in learners]
    firsts = [_firsts(answers) for answers in everybody]
    given: dict[str, list[Answer]] = {}
    for answers, first in zip(everybody, firsts, strict=True):
        for answer in answers if len(everybody) == 1 else first.values():
            given.setdefault(answer.question_id, []).append(answer)
    return tuple(_of(question, given[question], firsts) for question in sorted(given))


def apart(learners: Iterable[Sequence[Answer]]) -> tuple[tuple[Answer, ...], ...]:
    """The learners, each once: whose progress has an answer in common (the same one, at the same moment) are one.

    A class's files may hold one person twice, as of last week and as of today, or the teacher's own among them.
    """
    found: list[dict[Answer, None]] = []
    for answers in learners:
        own = dict.fromkeys(answers)
        same = [other for other in found if not own.keys().isdisjoint(other)]
        for other in same:
            own |= other
            found.remove(other)
        if own:
            found.append(own)
    return tuple(tuple(one) for one in found)


def _firsts(answers: Sequence[Answer]) -> dict[str, Answer]:
    """The first answer to each question."""
    firsts: dict[str, Answer] = {}
    for answer in sorted(answers, key=lambda one: one.answered_at):
        firsts.setdefault(answer.question_id, answer)
    return firsts


def _of(question: str, given: Sequence[Answer], firsts: Sequence[Mapping[str, Answer]]) -> ItemStatistics:
    asked = [first for first in firsts if question in first]
    count = len(given)
    used = Counter(option for answer in given for option in answer.chosen)
    options = {option: used[option] for answer in given for option in answer.option_order}
    wrong = [option for option in options if all(option not in answer.key for answer in given)]
    enough = count >= FOR_DISTRACTORS
    discrimination = _discrimination(question, asked)
    return ItemStatistics(
        question,
        count,
        len(asked),
        sum(answer.correct for answer in given) / count if count >= FOR_FACILITY else None,
        discrimination,
        options if enough else None,
        tuple(option for option in wrong if used[option] < WORKS * count) if enough else (),
        _told(count, len(asked), discrimination is not None),
    )


def _discrimination(question: str, asked: Sequence[Mapping[str, Answer]]) -> float | None:
    """Point-biserial, against the share of the other questions; None where one of both is the same for everybody."""
    pairs = []
    for first in asked:
        others = [answer.correct for other, answer in first.items() if other != question]
        if others:
            pairs.append((float(first[question].correct), sum(others) / len(others)))
    return _correlation(pairs) if len(pairs) >= FOR_DISCRIMINATION else None


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    number = len(pairs)
    mean_x, mean_y = (sum(pair[side] for pair in pairs) / number for side in (0, 1))
    spread_x = sum((x - mean_x) ** 2 for x, _ in pairs)
    spread_y = sum((y - mean_y) ** 2 for _, y in pairs)
    if not spread_x or not spread_y:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in pairs) / sqrt(spread_x * spread_y)


def _told(count: int, learners: int, discriminates: bool) -> str:
    wanted = (("facility", FOR_FACILITY), ("use of options", FOR_DISTRACTORS))
    missing = [f"{name} from {least} answers" for name, least in wanted if count < least]
    if learners < FOR_DISCRIMINATION:
        missing.append(f"discrimination from {FOR_DISCRIMINATION} learners")
    elif not discriminates:
        return "no discrimination: all answered alike, or too few of them anything else"
    return f"too few for {', '.join(missing)}" if missing else ""
