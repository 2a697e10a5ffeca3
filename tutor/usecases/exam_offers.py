"""What the exam room offers: every exam, the whole of Lambda, short quizzes; each told with what the bank lacks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from tutor.errors import UsageError
from tutor.study import paper as papers
from tutor.study.blueprint import Blueprint
from tutor.study.course import LessonEntry
from tutor.study.exchanged_question import IMPORTED
from tutor.study.paper import BankEntry, Paper, Shortage
from tutor.study.sitting import SittingMode
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.sit_exam import SitExam

DEFAULT = "DVA-C03"
QUIZ_MINUTES = 10
SHORT = 10
"""Questions of a unit's quiz, of the weakest claims, and of a free choice that does not say how many."""


@dataclass(frozen=True)
class Offer:
    """One paper that can be sat. ``wanted`` questions, of which the bank has ``there``; ``minutes`` None: no limit.

    ``name`` is what names it on the command line; ``told`` are sentences: what is short, when it is delivered.
    """

    name: str
    title: str
    wanted: int
    there: int
    minutes: int | None
    mode: SittingMode
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A free choice: nothing named means everything."""

    topics: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    difficulty: int | None = None
    count: int = SHORT
    minutes: int | None = None

    @property
    def name(self) -> str:
        """How its paper is called."""
        level = ("easy", "middling", "hard")[self.difficulty - 1] if self.difficulty in (1, 2, 3) else ""
        said = ", ".join((*(topic.replace("-", " ") for topic in self.topics), *self.claims)) or "all topics"
        return f"{said} ({level})" if level else said


@dataclass(frozen=True)
class ExamOffers:
    """The papers that the exam room can compose."""

    exam: SitExam

    def all(self) -> tuple[Offer, ...]:
        """The exams, the default one first; what is shorter; a quiz for each unit; exams without a question last."""
        exams = tuple(self._exams())
        ready, empty = ([one for one in exams if bool(one.there) is there] for there in (True, False))
        return (*ready, *self._shorter(), *self._units(), *empty)

    def paper(self, name: str) -> Paper:
        """Compose the paper of an offer. Raises ``UsageError`` for a name that is none, or a part without questions."""
        return self.demand(name)()

    def demand(self, name: str) -> Callable[[], Paper]:
        """What composes the paper of this name. Raises ``UsageError`` for a name that is none."""
        known = self._composers()
        if name not in known:
            raise UsageError(f"There is no exam {name!r}{did_you_mean(name, known)}.")
        return known[name]

    def chosen(self, choice: Choice) -> Paper:
        """Compose a paper of a free choice. Raises ``UsageError`` for a topic or claim that no question is about."""
        for kind, named, known in (("topic", choice.topics, self.topics), ("claim", choice.claims, self._claims)):
            for one in named:
                if one not in known:
                    raise UsageError(f"No question is about the {kind} {one!r}{did_you_mean(one, known)}.")
        return self.exam.choice(
            choice.name,
            choice.count,
            topics=choice.topics,
            claims=choice.claims,
            difficulty=choice.difficulty,
            minutes=choice.minutes,
        )

    @property
    def topics(self) -> Mapping[str, int]:
        """The topics that have questions, with how many."""
        counts: dict[str, int] = {}
        for entry in self._bank:
            counts[entry.topic] = counts.get(entry.topic, 0) + 1
        return dict(sorted(counts.items()))

    def shortages(self, paper: Paper) -> tuple[str, ...]:
        """What the bank lacks for this paper, a sentence for each."""
        blueprint = self._blueprints.get(paper.blueprint or "")
        return tuple(shortage_told(shortage, blueprint) for shortage in paper.shortages)

    @property
    def _bank(self) -> tuple[BankEntry, ...]:
        return self.exam.library.bank()

    @property
    def _claims(self) -> frozenset[str]:
        return frozenset(claim for entry in self._bank for claim in entry.claims)

    @property
    def _blueprints(self) -> Mapping[str, Blueprint]:
        known = self.exam.library.blueprints()
        return {name: known[name] for name in sorted(known, key=lambda name: (name != DEFAULT, name))}

    def _exams(self) -> Iterator[Offer]:
        for name, blueprint in self._blueprints.items():
            paper = papers.mock(blueprint, self._bank, Random(0))
            dates = (("from", blueprint.delivered_from), ("until", blueprint.delivered_until))
            delivered = tuple(f"Delivered {word} {date}." for word, date in dates if date)
            short = [shortage_told(shortage, blueprint) for shortage in paper.shortages]
            told = (*delivered, *(short if paper.questions else ["The bank has no question of this exam yet."]))
            title = f"{name}  {blueprint.title}"
            yield Offer(name, title, blueprint.questions, len(paper.questions), paper.minutes, "exam", told)

    def _shorter(self) -> Iterator[Offer]:
        bank = len(papers.select(self._bank))
        whole, minutes, quick = self._sizes()
        yield _part("lambda", "Lambda only, whatever the exam", whole, bank, minutes, "exam")
        yield _part("quiz", f"{QUIZ_MINUTES}-minute quiz", quick, bank, QUIZ_MINUTES, "exam")
        yield _part("weakest", "Weakest claims", SHORT, bank, None, "practice")
        imported = self.topics.get(IMPORTED, 0)
        if imported:
            yield _part(IMPORTED, "Imported questions", min(SHORT, imported), imported, None, "practice")

    def _units(self) -> Iterator[Offer]:
        for unit in self.exam.library.course_map().units:
            claims = _claims_of(unit.lessons)
            there = len(papers.select(self._bank, claims=claims)) if claims else 0
            if there:
                yield _part(unit.id, f"Unit {unit.number}: {unit.title}", min(SHORT, there), there, None, "practice")

    def _composers(self) -> dict[str, Callable[[], Paper]]:
        exam = self.exam
        whole, minutes, quick = self._sizes()
        units = {unit.id: unit for unit in exam.library.course_map().units}
        return {
            **{name: partial(exam.mock, name) for name in self._blueprints},
            "lambda": partial(exam.choice, "Lambda only", whole, minutes=minutes),
            "quiz": partial(exam.choice, f"{QUIZ_MINUTES}-minute quiz", quick, minutes=QUIZ_MINUTES),
            "weakest": partial(exam.weakest, SHORT),
            IMPORTED: partial(exam.choice, "Imported questions", SHORT, topics=(IMPORTED,)),
            **{
                offer.name: partial(
                    exam.choice, units[offer.name].title, offer.wanted, claims=_claims_of(units[offer.name].lessons)
                )
                for offer in self._units()
            },
        }

    def _sizes(self) -> tuple[int, int, int]:
        """Questions and minutes of a whole exam, and the questions of a short quiz: the default exam's pace."""
        exam = next(iter(self._blueprints.values()), None)
        if exam is None:
            return len(self._bank), 2 * len(self._bank), QUIZ_MINUTES // 2
        return exam.questions, exam.minutes, max(1, round(QUIZ_MINUTES * 60 / exam.seconds_a_question))


def shortage_told(shortage: Shortage, blueprint: Blueprint | None) -> str:
    """``Security wants 17 questions, the bank has 1.``"""
    titles = {domain.number: domain.title for domain in blueprint.domains} if blueprint else {}
    who = titles.get(shortage.domain or 0, "This paper")
    return f"{who} wants {shortage.wanted} questions, the bank has {shortage.there}."


def _part(name: str, title: str, wanted: int, there: int, minutes: int | None, mode: SittingMode) -> Offer:
    short = () if there >= wanted else (shortage_told(Shortage(None, wanted, there), None),)
    return Offer(name, title, wanted, min(there, wanted), minutes, mode, short)


def _claims_of(lessons: Sequence[LessonEntry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim for lesson in lessons for claim in lesson.claims))
