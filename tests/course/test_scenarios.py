"""The questions as a whole: enough of them, explained, proven, and free of the faults that give a key away."""

import re
from functools import cache
from itertools import combinations

import pytest

from tutor import locations
from tutor.content.library import ContentLibrary
from tutor.study.scenario import Option, Scenario

AGREED = [
    "limits/stopped-at-the-timeout", "limits/file-larger-than-tmp", "limits/out-of-memory-uncatchable",
    "limits/response-too-large", "limits/memory-out-of-range", "pricing/half-the-memory",
    "execution-environment/second-invocation", "execution-environment/after-a-timeout", "invocation/status-code-500",
    "invocation/exit-in-handler", "invocation/async-retries", "versioning/what-an-alias-points-to",
    "versioning/which-version-ran", "vpc/no-internet-in-a-vpc", "vpc/connect-without-route",
    "edge/where-the-function-lives", "edge/answer-at-viewer-request",
]  # fmt: skip
"""Ids that the lessons' quizzes name."""

STEM_WORDS = range(25, 91)
OPTION_WORDS = 30
LONGEST_IS_RIGHT = 0.30
SHORTEST_IS_RIGHT = 0.30
SAME_STEM = 0.5


@cache
def library() -> ContentLibrary:
    return ContentLibrary(locations.content_root(), locations.cache())


@cache
def all_seeds(scenario_id: str) -> tuple[Scenario, ...]:
    return tuple(library().scenario(scenario_id, seed) for seed in range(library().seeds(scenario_id)))


@cache
def families() -> tuple[Scenario, ...]:
    return tuple(all_seeds(scenario_id)[0] for scenario_id in library().scenario_ids())


def computed() -> tuple[Scenario, ...]:
    return tuple(scenario for scenario in families() if scenario.asks != "fact")


def single_answer() -> tuple[Scenario, ...]:
    return tuple(one for family in families() for one in all_seeds(family.id) if one.choose == 1)


def words(text: str) -> int:
    return len(text.split())


def share_right(scenario: Scenario, chosen_by_length: list[Option]) -> float:
    """The chance of the mark for someone who picks by length alone; among tied options one is picked blindly."""
    key = library().key(scenario.id, scenario.seed)
    return sum(option.id in key for option in chosen_by_length) / len(chosen_by_length)


def of_length(scenario: Scenario, wanted: int) -> list[Option]:
    return [option for option in scenario.options if len(option.text) == wanted]


def trigrams(stem: str) -> set[tuple[str, ...]]:
    masked = re.sub(r"\d[\d.,]*", "#", stem.lower())
    tokens = re.findall(r"[\w#']+", masked)
    return set(zip(tokens, tokens[1:], tokens[2:], strict=False))


def test_there_are_enough_questions_of_every_kind() -> None:
    """A learner meets questions that a run decides, of both kinds, and one of them has several right answers."""
    assert len(families()) >= 20
    assert len(computed()) >= 8
    assert {scenario.asks for scenario in computed()} == {"outcome", "solution"}
    assert any(scenario.choose > 1 for scenario in computed())


def test_every_question_that_a_quiz_names_is_there() -> None:
    """The lessons' quizzes can be asked."""
    assert set(AGREED) <= set(library().scenario_ids())


def test_every_claim_is_asked() -> None:
    """Whatever falls due for review has a question."""
    asked = {claim for scenario in families() for claim in scenario.claims}
    assert {claim.id for claim in library().claims()} - asked == set()


@pytest.mark.parametrize("scenario_id", library().scenario_ids())
def test_a_question_is_complete(scenario_id: str) -> None:
    """For each seed: a stem and options of an exam's length, each option explained, wrong ones with their mistake."""
    for scenario in all_seeds(scenario_id):
        assert words(scenario.stem) in STEM_WORDS, f"{words(scenario.stem)} words: {scenario.stem}"
        assert len(scenario.options) == 4 if scenario.choose == 1 else len(scenario.options) in {5, 6}
        key = library().key(scenario_id, scenario.seed)
        assert len(key) == scenario.choose
        for option in scenario.options:
            assert words(option.text) <= OPTION_WORDS, option.text
            assert words(option.why) >= 5, f"{option.id} is not explained"
            assert bool(option.mistake) != (option.id in key), f"{option.id}: a wrong option names its mistake"
            assert not re.search(r"\b(all|none|both) of the (above|other|options)", option.text.lower())


@pytest.mark.parametrize("scenario_id", library().scenario_ids())
def test_a_question_is_shown_filled_in(scenario_id: str) -> None:
    """No learner sees a template, a value that was not recorded, or None where a number belongs."""
    for scenario in all_seeds(scenario_id):
        texts = [scenario.stem, scenario.older or "", scenario.source]
        texts += [text for option in scenario.options for text in (option.text, option.why)]
        for text in texts:
            assert "{{" not in text
            assert "not yet recorded" not in text
            assert not re.search(r"(?<!`)\bNone\b(?!`)", text), text


@pytest.mark.parametrize("scenario_id", [scenario.id for scenario in computed()])
def test_a_computed_question_is_proven_freshly(scenario_id: str) -> None:
    """The key comes from a recorded run of the experiment, the options and the goal as they stand now."""
    proof = library().scenario_proof(scenario_id)
    assert proof is not None, f"tutor prove {scenario_id} --record"
    assert proof.hash == all_seeds(scenario_id)[0].proof_hash, "its proof is stale"
    assert len(proof.seeds) == library().seeds(scenario_id)


def test_length_does_not_give_the_answer_away() -> None:
    """Whoever always picks the longest option, or the shortest, is right about as often as by chance."""
    questions = single_answer()
    longest = [share_right(one, of_length(one, max(len(option.text) for option in one.options))) for one in questions]
    shortest = [share_right(one, of_length(one, min(len(option.text) for option in one.options))) for one in questions]
    assert sum(longest) / len(questions) <= LONGEST_IS_RIGHT
    assert sum(shortest) / len(questions) <= SHORTEST_IS_RIGHT


def test_no_question_repeats_another() -> None:
    """Two stems do not share half of their three-word sequences, whatever numbers stand in them."""
    stems = {scenario.id: trigrams(scenario.stem) for scenario in families()}
    alike = [
        pair for pair in combinations(stems, 2)
        if len(stems[pair[0]] & stems[pair[1]]) >= SAME_STEM * len(stems[pair[0]] | stems[pair[1]])
    ]  # fmt: skip
    assert alike == []
