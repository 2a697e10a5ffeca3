"""Aliases: names, weighted routing with its recorded refusals, and the choice of a version."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.awslambda.refusal import refused
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.alias import (
    Alias,
    Target,
    alias_exists,
    alias_missing,
    check_alias,
    check_alias_name,
    choose_version,
)
from tutor.awslambda.names import FunctionName
from tutor.errors import Defect

FN = FunctionName("fn")
TARGETS = {
    "$LATEST": Target("role"),
    "1": Target("role"),
    "2": Target("role"),
    "3": Target("another"),
    "4": Target("role", "queue"),
}


def test_a_name_of_digits_only_is_refused() -> None:
    """Recorded text."""
    check_alias_name("v2024")
    code, text = refused(check_alias_name, "2024")
    assert code == "ValidationException"
    assert text.endswith("Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)")


@pytest.mark.parametrize("alias", [Alias("a", "$LATEST"), Alias("a", "1"), Alias("a", "1", {"2": 0.0})])
def test_one_version_or_two_published_ones(alias: Alias) -> None:
    """$LATEST alone, a version alone, two versions alike."""
    check_alias(alias, FN, TARGETS, QUOTAS)


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        (Alias("a", "1", {"2": 0.1, "3": 0.1}), "Number of items in AdditionalVersionWeights cannot be greater than 1"),
        (Alias("a", "$LATEST", {"2": 0.1}), "$LATEST is not supported for an alias pointing to more than 1 version"),
        (
            Alias("a", "1", {"1": 0.1}),
            "Invalid function version 1. Function version 1 is already included in routing configuration.",
        ),
        (
            Alias("a", "1", {"2": 2.0}),
            "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to "
            "satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to "
            "1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
        ),
        (
            Alias("a", "1", {"$LATEST": 0.5}),
            "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed "
            "to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to "
            "1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: "
            "[0-9]+]",
        ),
        (
            Alias("a", "1", {"2": -1.0}),
            "1 validation error detected: Value '{2=-1.0}' at 'routingConfig.additionalVersionWeights' failed to "
            "satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to "
            "1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
        ),
        (Alias("a", "9"), f"Function not found: {FN.arn}:9"),
        (Alias("a", "1", {"9": 0.5}), f"Function not found: {FN.arn}:9"),
    ],
)
def test_what_the_service_refuses_with_its_own_text(alias: Alias, text: str) -> None:
    """Recorded texts."""
    assert refused(check_alias, alias, FN, TARGETS, QUOTAS)[1] == text


@pytest.mark.parametrize(("other", "word"), [("3", "execution role"), ("4", "dead-letter")])
def test_two_versions_must_have_the_same_role_and_dead_letter_queue(other: str, word: str) -> None:
    """The two conditions of weighted routing."""
    assert word in refused(check_alias, Alias("a", "1", {other: 0.5}), FN, TARGETS, QUOTAS)[1]


def test_alias_texts_name_the_arn() -> None:
    """Recorded texts of CreateAlias and UpdateAlias."""
    name = FN.qualified("custom")
    assert alias_exists(name).message == f"Alias already exists: {FN.arn}:custom"
    assert alias_missing(name).message == f"Alias not found: {FN.arn}:custom"


def test_the_weight_decides_which_version_runs() -> None:
    """The additional version below its weight, the main version from there on; 0 and 1 are all or nothing."""
    alias = Alias("a", "1", {"2": 0.05})
    assert [choose_version(alias, chance) for chance in (0.0, 0.049, 0.05, 0.99)] == ["2", "2", "1", "1"]
    assert choose_version(Alias("a", "1", {"2": 0.0}), 0.0) == "1"
    assert choose_version(Alias("a", "1"), 0.0) == "1"
    with pytest.raises(Defect):
        choose_version(alias, 1.0)


@given(st.floats(0.0, 1.0, exclude_max=True))
def test_a_weight_of_one_always_runs_the_additional_version(chance: float) -> None:
    """Whatever the chance."""
    assert choose_version(Alias("a", "1", {"2": 1.0}), chance) == "2"
