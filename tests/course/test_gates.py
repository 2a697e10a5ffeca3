"""The gates of the bank: nothing but knowing the matter helps to find the right option."""

import re
from collections import Counter
from functools import cache
from random import Random

from tests.course.test_scenarios import (
    computed,
    families,
    library,
    of_length,
    share_right,
    single_answer,
    trigrams,
    words,
)
from tutor.content.exam_style import ABOUT_OTHERS, OPTION_WORDS, STEM_WORDS
from tutor.content.reading import Reading
from tutor.study.paper import choice, mock
from tutor.study.scenario import Scenario
from tutor.usecases.exam_offers import DEFAULT

POSITIONS = 4
CHI_SQUARE = 11.3
"""With three degrees of freedom, p = 0.01."""
SHUFFLES = 1000
SHUFFLED_SHARE = (0.24, 0.26)
LONGEST_IS_RIGHT = 0.30
SAME_STEM = 0.5
COMPUTED = 0.65


@cache
def four_options() -> tuple[Scenario, ...]:
    """One question of each family with one right option of four."""
    return tuple(one for one in families() if one.choose == 1 and len(one.options) == POSITIONS)


def right(scenario: Scenario) -> str:
    return library().key(scenario.id, scenario.seed)[0]


def chi_square(counts: Counter[int]) -> float:
    expected = sum(counts.values()) / POSITIONS
    return sum((counts[position] - expected) ** 2 / expected for position in range(POSITIONS))


def test_no_position_is_right_more_often_as_authored() -> None:
    """Whoever reads the files, or an export that keeps the order, learns nothing from where the key stands."""
    counts = Counter([option.id for option in one.options].index(right(one)) for one in four_options())
    assert chi_square(counts) <= CHI_SQUARE, counts


def test_chance_shuffles_fairly() -> None:
    """In 1,000 papers of the whole bank, of fixed seeds, each of the four positions is right 25 % of the time."""
    keys = {one.id: right(one) for one in four_options()}
    bank = [entry for entry in library().bank() if entry.id in keys and entry.seeds == 1]
    bank += [entry for entry in library().bank() if entry.id in keys and entry.seeds > 1 and _same_key(entry.id)]
    counts: Counter[int] = Counter()
    for seed in range(SHUFFLES):
        for asked in choice("all", bank, len(bank), Random(seed)).questions:
            counts[asked.option_order.index(keys[asked.question_id])] += 1
    least, most = SHUFFLED_SHARE
    assert all(least <= counts[position] / counts.total() <= most for position in range(POSITIONS)), counts


def _same_key(scenario_id: str) -> bool:
    return len({library().key(scenario_id, seed) for seed in range(library().seeds(scenario_id))}) == 1


def test_the_longest_option_is_right_no_more_often_than_by_chance() -> None:
    """By characters; k options that are longest together count 1/k."""
    questions = single_answer()
    shares = [share_right(one, of_length(one, max(len(option.text) for option in one.options))) for one in questions]
    assert sum(shares) / len(shares) <= LONGEST_IS_RIGHT


def test_no_two_stems_are_alike() -> None:
    """The overlap of their three-word sequences, numbers masked, stays below half."""
    stems = [(one.id, trigrams(one.stem)) for one in families()]
    alike = [
        (one, other)
        for index, (one, first) in enumerate(stems)
        for other, second in stems[:index]
        if len(first & second) >= SAME_STEM * len(first | second)
    ]
    assert alike == []


def test_every_question_has_the_length_of_an_exams() -> None:
    """Stems of 25 to 90 words, options of at most 30, none that speaks of the others, each of them explained."""
    for one in (question for family in families() for question in all_of(family.id)):
        assert words(one.stem) in STEM_WORDS, f"{one.id}: {words(one.stem)} words"
        for option in one.options:
            assert words(option.text) <= OPTION_WORDS, f"{one.id}/{option.id}"
            assert words(option.why) >= 5, f"{one.id}/{option.id} is not explained"
            assert not ABOUT_OTHERS.search(option.text), f"{one.id}/{option.id}"


def all_of(scenario_id: str) -> tuple[Scenario, ...]:
    return tuple(library().scenario(scenario_id, seed) for seed in range(library().seeds(scenario_id)))


def test_every_question_says_where_it_belongs() -> None:
    """Its claims, the content domain of each exam that covers it, its difficulty, and the day it was looked up."""
    known = {claim.id for claim in library().claims()}
    for one in families():
        assert one.claims, one.id
        assert set(one.claims) <= known, one.id
        assert set(one.domains.values()) <= {1, 2, 3, 4, 5, 6}, one.id
        assert one.difficulty in (1, 2, 3), one.id
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", one.as_of), one.id


def test_every_question_speaks_of_every_exam() -> None:
    """By name: a content domain that the exam has, or, in so many words, none; a task is one of that domain."""
    for one in families():
        path = library().root / "scenarios" / one.id / "scenario.yaml"
        written = Reading(library().root).yaml(path)
        domains = written.child("domains") if written is not None else None
        said = domains.plain if domains is not None else {}
        assert set(said) == set(library().blueprints()), one.id
        for name, blueprint in library().blueprints().items():
            numbers = {domain.number for domain in blueprint.domains}
            assert said[name] == "none" or said[name] in numbers, (one.id, name)
            assert one.domains.get(name, "none") == said[name], (one.id, name)
        for name, task in one.tasks.items():
            domain = next(each for each in library().blueprints()[name].domains if each.number == one.domains[name])
            assert task in domain.tasks, (one.id, task)


def test_two_papers_of_the_default_exam_share_no_question() -> None:
    """A whole mock of the Developer exam, and another one after it: no question twice."""
    blueprint, bank = library().blueprints()[DEFAULT], library().bank()
    first = [question.question_id for question in mock(blueprint, bank, Random(0)).questions]
    second = [question.question_id for question in mock(blueprint, bank, Random(0), Counter(first)).questions]
    assert len(first) == len(second) == blueprint.questions
    assert len({*first, *second}) == 2 * blueprint.questions


def test_most_keys_come_from_runs() -> None:
    """At least 65 % of the families have a key that a run decided."""
    assert len(computed()) >= COMPUTED * len(families())
