"""Plan the reviews for an exam on a date: what to review each day, how ready one is, what the daily cap prevents."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest

from tutor.errors import UsageError
from tutor.study import review
from tutor.study.answer import Act, Answer
from tutor.study.blueprint import Blueprint
from tutor.study.interleaving import interleaved, topic_of
from tutor.study.paper import BankEntry
from tutor.study.readiness import READY, Readiness, readiness
from tutor.study.review import ReviewCard
from tutor.study.schedule import FARTHEST, Schedule, Target, cram, schedule, target_of
from tutor.usecases.exam_library import ExamLibrary
from tutor.usecases.memory import Memory
from tutor.usecases.nearest import did_you_mean

MOST = 1000
"""The greatest daily cap: more is none."""
DEFAULT = "DVA-C03"
"""The exam whose readiness is told where none was chosen."""


@dataclass(frozen=True)
class Outlook:
    """The first line of the home screen: due claims, readiness (None: no answer says anything yet), days to the exam.

    ``days`` is None without a date, and negative when the date is over. ``today`` are the claims that the plan has for
    today, None without a plan.
    """

    exam: str
    due: int
    readiness: Readiness | None
    days: int | None
    today: int | None = None

    @property
    def line(self) -> str:
        """``9 due · ready 58–71 % · DVA-C03 in 24 days``."""
        return " · ".join((self.waiting, *self.ahead))

    @property
    def waiting(self) -> str:
        """``9 due``; where there is a plan, those that it has for today."""
        return f"{self.due if self.today is None else self.today} due"

    @property
    def ahead(self) -> tuple[str, ...]:
        """Its parts after what is due: none where there is neither an answer nor a date."""
        ready = (f"ready {percent(self.readiness)}",) if self.readiness is not None else ()
        dated = (f"{self.exam} {in_days(self.days)}",) if self.days is not None and self.days >= 0 else ()
        return (*ready, *dated)

    @property
    def told(self) -> str:
        """The same for ``tutor progress``, in sentences; empty where there is neither a date nor an answer."""
        date_told = f"{self.exam} {in_days(self.days)}." if self.days is not None and self.days >= 0 else ""
        return f"{date_told} {self.readiness_told}".strip()

    @property
    def readiness_told(self) -> str:
        """Readiness as a sentence; empty where no answer says anything yet."""
        found = self.readiness
        if found is None:
            return ""
        ready = "ready" if found.ready else f"not ready yet: the lower end must be {READY:.0%}".replace("%", " %")
        answers = "1 fresh answer" if found.fresh == 1 else f"{found.fresh} fresh answers"
        return f"{chance_told(found)}, from {answers} ({ready})."


@dataclass(frozen=True)
class Plan:
    """The whole plan. ``days`` is None without a date; ``told`` are sentences about what does not fit.

    ``now`` are the claims to review today, ``done`` counts those that were reviewed today already.
    """

    target: Target
    days: int | None
    today: date
    claims: int
    due: tuple[str, ...]
    schedule: Schedule | None
    outlook: Outlook
    told: tuple[str, ...]
    done: int

    @property
    def aim(self) -> str:
        """What the plan reaches where nothing is short."""
        what = "The claim reaches" if self.claims == 1 else f"All {self.claims} claims reach"
        return f"{what} a recall of {review.GOAL:.2f} or better on that day."

    @property
    def now(self) -> tuple[str, ...]:
        """What is to be reviewed today: the plan's first day; where there is no plan, what is due, up to the cap."""
        if self.schedule is not None and self.schedule.days:
            return self.schedule.days[0]
        cap = self.target.cap
        return self.due if cap is None else self.due[: max(0, cap - self.done)]


@dataclass(frozen=True)
class PlanReviews:
    """Setting an exam's date and a daily cap, and seeing what follows from them."""

    library: ExamLibrary
    memory: Memory
    now: Callable[[], datetime]

    def target(self) -> Target:
        """What was set last."""
        return target_of(self.memory.acts())

    def set_target(self, exam: str, day: str) -> None:
        """Keep the exam and its date. Raises ``UsageError`` for an exam that is none, and a date that cannot be it."""
        known = self.library.blueprints()
        if exam not in known:
            raise UsageError(f"There is no exam {exam!r}{did_you_mean(exam, known)}.")
        if not day:
            raise UsageError(f"The day is missing: write it after the exam, such as {exam} 2026-12-20.")
        try:
            ahead = (date.fromisoformat(day) - self._today).days
        except ValueError:
            raise UsageError(f"{day!r} is no date: write it as 2026-12-20.") from None
        if ahead < 0:
            raise UsageError(f"{day} is over: today is {self._today}.")
        if ahead > FARTHEST:
            raise UsageError(f"{day} is {ahead} days ahead: a plan reaches {FARTHEST} days at most.")
        self.memory.add_act(Act("target set", exam, day, self.now()))

    def set_cap(self, cap: int) -> None:
        """Keep how many reviews a day are enough. Raises ``UsageError`` for a number that cannot be it."""
        if not 1 <= cap <= MOST:
            raise UsageError(f"A cap of {cap} reviews a day cannot be: choose 1 to {MOST}.")
        self.memory.add_act(Act("cap set", "", str(cap), self.now()))

    def clear(self) -> None:
        """Plan for no exam any more, and without a cap."""
        self.clear_target()
        self.clear_cap()

    def clear_target(self) -> None:
        """Plan for no exam any more."""
        self.memory.add_act(Act("target set", "", "", self.now()))

    def clear_cap(self) -> None:
        """Have no daily cap any more."""
        self.memory.add_act(Act("cap set", "", "", self.now()))

    def outlook(self) -> Outlook:
        """What waits today, readiness and days to the exam: for the home screen and ``tutor progress``."""
        target, cards = self.target(), self._cards()
        exam, days = target.exam or DEFAULT, self._days(target)
        planned = (days is not None and days >= 0) or target.cap is not None
        due = len(review.due(cards, self.now()))
        return Outlook(exam, due, self._readiness(exam, cards), days, len(self.today()) if planned else None)

    def readiness(self, exam: str = "") -> Readiness | None:
        """The chance to pass an exam's Lambda part today, from all answers; None where none says anything yet.

        Without a name it is the exam that is planned for, or the default one.
        """
        return self._readiness(exam or self.target().exam or DEFAULT, self._cards())

    def plan(self) -> Plan:
        """Today's reviews and all others up to the exam."""
        target, cards, now = self.target(), self._cards(), self.now()
        days = self._days(target)
        exam = target.exam or DEFAULT
        claims = self._claims(exam) if target.exam else ()
        ahead, done = days is not None and days >= 0, self.done_today()
        planned = schedule(claims, cards, now, days or 0, target.cap, done) if ahead else None
        told = tuple(_told(target, days, planned, self.library.blueprints().get(exam)))
        due = review.due(cards, now)
        today = len(planned.days[0]) if planned and planned.days else None
        outlook = Outlook(exam, len(due), self._readiness(exam, cards), days, today)
        return Plan(target, days, self._today, len(claims), due, planned, outlook, told, done)

    def today(self) -> tuple[str, ...]:
        """The claims to review today; see ``Plan.now``."""
        return self.plan().now

    def done_today(self) -> int:
        """How many claims were reviewed today: the daily cap has room for so many fewer."""
        reviewed = (answer for answer in self.memory.answers() if answer.mode == "review")
        today = (answer for answer in reviewed if answer.answered_at.astimezone().date() == self._today)
        return len({claim for answer in today for claim in answer.claims})

    def cram(self, count: int) -> tuple[str, ...]:
        """Ids of questions about the claims that are least remembered, for answers of the mode ``cram``.

        Each claim in the wording not seen for the longest time; what was crammed and right since yesterday comes after
        all else, so that the next cramming goes on where this one ended. Neighbours differ in topic where they can.
        """
        answers = self.memory.answers()
        seen = {answer.question_id: answer.answered_at for answer in answers}
        asking: dict[str, list[str]] = {}
        for entry in self.library.bank():
            for claim in entry.claims:
                asking.setdefault(claim, []).append(entry.id)
        mixed = _mixed(self.library.bank())
        chosen: dict[str, None] = {}
        crammed = self._crammed(answers)
        in_order = cram(mixed, self._cards(), self.now(), len(mixed))
        for claim in sorted(in_order, key=lambda claim: claim in crammed):
            if len(chosen) < count and not any(question in chosen for question in asking[claim]):
                chosen[min(asking[claim], key=lambda one: (one in seen, seen.get(one)))] = None
        return interleaved(tuple(chosen), topic_of)

    def _crammed(self, answers: Iterable[Answer]) -> frozenset[str]:
        """The claims that were crammed within a day, and right the last time."""
        last: dict[str, bool] = {}
        for answer in answers:
            if answer.mode == "cram" and self.now() - answer.answered_at < timedelta(days=1):
                last |= dict.fromkeys(answer.claims, answer.correct)
        return frozenset(claim for claim, right in last.items() if right)

    @property
    def _today(self) -> date:
        return self.now().astimezone().date()

    def _days(self, target: Target) -> int | None:
        return (date.fromisoformat(target.date) - self._today).days if target.date else None

    def _cards(self) -> dict[str, ReviewCard]:
        return review.cards(self.memory.answers(), self.memory.lab_attempts())

    def _claims(self, exam: str) -> tuple[str, ...]:
        """The claims that questions of this exam ask, mixed: one of each topic, then the next of each."""
        return _mixed(entry for entry in self.library.bank() if exam in entry.domains)

    def _readiness(self, exam: str, cards: dict[str, ReviewCard]) -> Readiness | None:
        answers = self.memory.answers()
        blueprint = self.library.blueprints().get(exam) if answers else None
        return readiness(blueprint, self.library.bank(), answers, cards, self.now()) if blueprint else None


def _mixed(bank: Iterable[BankEntry]) -> tuple[str, ...]:
    """The claims that these questions ask: one of each topic, then the next of each."""
    by_topic: dict[str, dict[str, None]] = {}
    for entry in bank:
        by_topic.setdefault(entry.topic, {}).update(dict.fromkeys(entry.claims))
    rounds = zip_longest(*by_topic.values())
    return tuple(dict.fromkeys(claim for one in rounds for claim in one if claim is not None))


def chance_told(found: Readiness) -> str:
    """``Probability of passing the Lambda part of DVA-C03 today: 58–71 %``."""
    return f"Probability of passing the Lambda part of {found.blueprint} today: {percent(found)}"


def percent(found: Readiness) -> str:
    """``58–71 %``; a single figure where both ends are it. Never 100: the last point is not given away."""
    low, high = (min(99, int(100 * end)) for end in (found.low, found.high))
    return f"{low} %" if low == high else f"{low}–{high} %"


def in_days(days: int) -> str:
    """``in 24 days``, ``tomorrow``, ``today``."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _told(target: Target, days: int | None, planned: Schedule | None, blueprint: Blueprint | None) -> list[str]:
    told = []
    if days is not None and days < 0:
        told.append(f"{target.exam} was on {target.date}: set the next date with tutor plan --date.")
    if blueprint and target.date:
        if blueprint.delivered_until and target.date > blueprint.delivered_until:
            told.append(f"{target.exam} is delivered until {blueprint.delivered_until} only.")
        if blueprint.delivered_from and target.date < blueprint.delivered_from:
            told.append(f"{target.exam} is delivered from {blueprint.delivered_from} on.")
    if planned is not None and planned.short:
        told.append(_shortfall(planned))
    return told


def _shortfall(planned: Schedule) -> str:
    short, whole = len(planned.short), len(planned.short) + len(planned.held)
    said = f"{short} of {whole} claims will be below {review.GOAL:.2f} recall on that day"
    if planned.enough is None:
        return f"{said}: no day is left for reviews."
    return f"{said}: the cap is too small. {planned.enough} reviews a day would hold all of them."
