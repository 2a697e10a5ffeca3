"""Papers: which questions, with which numbers and in which order. Composed from the bank by chance, without repeats.

Chance comes in as an argument: the same chance (a ``random.Random`` of the same seed) gives the same paper.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from tutor.study.blueprint import Blueprint
from tutor.study.exchanged_question import IMPORTED
from tutor.study.interleaving import interleaved, topic_of

Item = TypeVar("Item")


class Chance(Protocol):
    """What composing needs of ``random.Random``."""

    def sample(self, population: Sequence[Item], k: int) -> list[Item]: ...

    def randrange(self, start: int) -> int: ...


@dataclass(frozen=True)
class BankEntry:
    """What composing needs to know of a question family: never its text, never its key.

    ``domains`` maps a blueprint's name to a content domain's number; ``options`` are the ids as authored.
    """

    id: str
    topic: str
    claims: tuple[str, ...]
    domains: Mapping[str, int]
    difficulty: int
    seeds: int
    options: tuple[str, ...]
    choose: int


@dataclass(frozen=True)
class PaperQuestion:
    """One question of a paper, fixed: its seed, the order of its options, whether it counts, its content domain."""

    question_id: str
    seed: int
    option_order: tuple[str, ...]
    scored: bool = True
    domain: int | None = None


@dataclass(frozen=True)
class Shortage:
    """A content domain (None: the whole choice) for which the bank has fewer questions than the paper wants."""

    domain: int | None
    wanted: int
    there: int


@dataclass(frozen=True)
class Paper:
    """A paper. ``minutes`` is None where nothing limits the time; ``shortages`` say how much too small the bank is."""

    name: str
    questions: tuple[PaperQuestion, ...]
    minutes: int | None
    blueprint: str | None = None
    shortages: tuple[Shortage, ...] = ()


def mock(
    blueprint: Blueprint, bank: Iterable[BankEntry], chance: Chance, asked_before: Mapping[str, int] | None = None
) -> Paper:
    """A whole exam by the blueprint's weights. A domain that is short gets what there is, at the exam's pace.

    ``asked_before`` says how often each question was on a paper already: those least often asked come first, so that
    a paper repeats the one before only where the bank has no other question. The unscored questions are spread by
    chance, as in the exam, and their share stays the blueprint's.
    """
    covered = [entry for entry in bank if blueprint.name in entry.domains]
    chosen: list[tuple[BankEntry, int]] = []
    shortages: list[Shortage] = []
    for number, wanted in blueprint.shares(blueprint.questions).items():
        pool = sorted((one for one in covered if one.domains[blueprint.name] == number), key=lambda one: one.id)
        if len(pool) < wanted:
            shortages.append(Shortage(number, wanted, len(pool)))
        chosen += [(entry, number) for entry in _drawn(pool, wanted, chance, asked_before or {})]
    asked = [_ask(entry, chance, number) for entry, number in chosen]
    unscored = round(len(asked) * blueprint.unscored / blueprint.questions) if blueprint.questions else 0
    for index in chance.sample(range(len(asked)), unscored):
        asked[index] = replace(asked[index], scored=False)
    minutes = round(blueprint.seconds_a_question * len(asked) / 60)
    return Paper(blueprint.name, _interleaved(asked, chance), minutes, blueprint.name, tuple(shortages))


def _drawn(
    pool: Sequence[BankEntry], wanted: int, chance: Chance, asked_before: Mapping[str, int]
) -> Sequence[BankEntry]:
    """So many of the pool by chance, the least often asked first."""
    if not asked_before:
        return chance.sample(pool, min(wanted, len(pool)))
    return sorted(chance.sample(pool, len(pool)), key=lambda entry: asked_before.get(entry.id, 0))[:wanted]


def choice(name: str, bank: Iterable[BankEntry], count: int, chance: Chance, minutes: int | None = None) -> Paper:
    """So many questions of a chosen part of the bank, mixed by topic."""
    pool = sorted(bank, key=lambda entry: entry.id)
    asked = [_ask(entry, chance) for entry in chance.sample(pool, min(count, len(pool)))]
    short = () if len(pool) >= count else (Shortage(None, count, len(pool)),)
    return Paper(name, _interleaved(asked, chance), minutes, None, short)


def weakest(
    name: str,
    bank: Iterable[BankEntry],
    strength: Mapping[str, float],
    count: int,
    chance: Chance,
    minutes: int | None = None,
) -> Paper:
    """The questions whose claims are known least. ``strength`` is 0 to 1 by claim; a claim never met counts as 0."""
    in_order = sorted(bank, key=lambda entry: entry.id)
    pool = chance.sample(in_order, len(in_order))

    def known(entry: BankEntry) -> float:
        return min((strength.get(claim, 0.0) for claim in entry.claims), default=1.0)

    asked = [_ask(entry, chance) for entry in sorted(pool, key=known)[:count]]
    short = () if len(pool) >= count else (Shortage(None, count, len(pool)),)
    return Paper(name, _interleaved(asked, chance), minutes, None, short)


def select(
    bank: Iterable[BankEntry],
    topics: Sequence[str] = (),
    claims: Sequence[str] = (),
    difficulty: int | None = None,
) -> tuple[BankEntry, ...]:
    """The part of the bank that is of these topics or asks these claims, at this difficulty.

    Nothing named: all of the course's. What was imported has to be named, for nothing is known of its keys.
    """
    tests: list[Callable[[BankEntry], bool]] = []
    if topics or claims:
        tests.append(lambda entry: entry.topic in topics or bool(set(entry.claims) & set(claims)))
    else:
        tests.append(lambda entry: entry.topic != IMPORTED)
    if difficulty is not None:
        tests.append(lambda entry: entry.difficulty == difficulty)
    return tuple(entry for entry in bank if all(test(entry) for test in tests))


def _ask(entry: BankEntry, chance: Chance, domain: int | None = None) -> PaperQuestion:
    order = tuple(chance.sample(entry.options, len(entry.options)))
    return PaperQuestion(entry.id, chance.randrange(entry.seeds), order, domain=domain)


def _interleaved(questions: list[PaperQuestion], chance: Chance) -> tuple[PaperQuestion, ...]:
    """Mixed by chance, so that neighbours differ in topic wherever that can be."""
    return interleaved(chance.sample(questions, len(questions)), lambda question: topic_of(question.question_id))
