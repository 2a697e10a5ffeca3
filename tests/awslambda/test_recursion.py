"""Recursion detection: sixteen times through one function in a chain, and no further."""

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.recursion import DETECTED, is_recursive, lineage, mark, passed_on, recursive_invocation

FN = "arn:aws:lambda:us-east-1:123456789012:function:fn"
OTHER = f"{FN}-other"


def runs_until_dropped(*chain: str) -> int:
    header, count = "Root=1-67;Parent=53;Sampled=1", 0
    while count < 100:
        for function in chain:
            if is_recursive(header, function, "Terminate", QUOTAS):
                return count
            header = passed_on(header, function)
        count += 1
    return count


def test_the_seventeenth_is_dropped() -> None:
    """Alone, and in turn with another function."""
    assert runs_until_dropped(FN) == 16
    assert runs_until_dropped(FN, OTHER) == 16


def test_versions_and_aliases_are_the_same_function() -> None:
    """A loop cannot hide behind a qualifier."""
    assert mark(FN) == mark(f"{FN}:PROD") != mark(OTHER)
    assert runs_until_dropped(FN, f"{FN}:2") == 8


def test_allow_never_drops() -> None:
    """The function's own setting."""
    header = None
    for _ in range(50):
        header = passed_on(header, FN)
    assert is_recursive(header, FN, "Terminate", QUOTAS)
    assert not is_recursive(header, FN, "Allow", QUOTAS)


def test_the_rest_of_the_header_stays() -> None:
    """Root, parent and sampling are others' business; what is no lineage counts nothing."""
    header = passed_on("Root=1-67;Parent=53;Sampled=1", FN)
    assert header.startswith("Root=1-67;Parent=53;Sampled=1;Lineage=")
    assert lineage(header) == {mark(FN): 1}
    assert lineage(passed_on(header, OTHER)) == {mark(FN): 1, mark(OTHER): 1}
    for odd in (None, "", "Lineage=", "Lineage=x:y:z|1:2", "Root=1"):
        assert lineage(odd) == {}
        assert not is_recursive(odd, FN, "Terminate", QUOTAS)
    assert "dynamodb" not in DETECTED
    assert recursive_invocation().code == "RecursiveInvocationException"
