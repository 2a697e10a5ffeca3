"""Publishing versions: nothing new without a change, no number twice, and the guards with their recorded texts."""

import pytest

from tests.awslambda.refusal import refused
from tutor.awslambda.names import FunctionName
from tutor.awslambda.version import (
    Publication,
    check_code_sha256,
    check_deletion,
    check_published,
    check_revision,
    publication,
    snapshot,
)

CONFIGURATION = {"CodeSha256": "abc", "MemorySize": 128, "Environment": {"Variables": {"A": "1"}}, "RevisionId": "r1"}
FN = FunctionName("fn")


def test_publishing_twice_without_a_change_gives_the_same_version() -> None:
    """What is not part of a version (the revision, the date) is no change."""
    first = snapshot(CONFIGURATION)
    later = snapshot({**CONFIGURATION, "RevisionId": "r2", "LastModified": "now", "Layers": [], "Description": ""})
    assert publication(later, first, 3, 5) == Publication(3, new=False)


@pytest.mark.parametrize("change", [{"CodeSha256": "abd"}, {"MemorySize": 129}, {"Description": "x"}, {"Role": "arn"}])
def test_a_change_gives_the_next_number(change: dict[str, object]) -> None:
    """Numbers go on from the highest ever given, whatever was deleted since."""
    latest = snapshot({**CONFIGURATION, **change})
    assert publication(latest, snapshot(CONFIGURATION), 3, 5) == Publication(6, new=True)


def test_the_first_version_of_a_function_made_again_goes_on_counting() -> None:
    """Never reused: 8 versions before it was deleted, so the next is 9; the very first ever is 1."""
    assert publication("x", None, 0, 8) == Publication(9, new=True)
    assert publication("x", None, 0, 0) == Publication(1, new=True)


def test_guards_of_code_and_revision() -> None:
    """Recorded texts; a guard that is not given, or fits, lets pass."""
    check_code_sha256(None, "abc")
    check_code_sha256("abc", "abc")
    check_revision(None, "r")
    check_revision("r", "r")
    assert refused(check_code_sha256, "nope", "abc") == (
        "InvalidParameterValueException",
        "CodeSHA256 (nope) is different from current CodeSHA256 in $LATEST (abc). "
        "Please try again with the CodeSHA256 in $LATEST.",
    )
    text = (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the {} API to retrieve the latest Revision Id"
    )
    assert refused(check_revision, "old", "r") == ("PreconditionFailedException", text.format("GetFunction/GetAlias"))
    assert refused(check_revision, "old", "r", "GetPolicy")[1] == text.format("GetPolicy")


def test_what_deleting_one_version_refuses() -> None:
    """$LATEST alone, aliases, and a version in use; a version that is gone already is no error."""
    check_deletion(FN.qualified("3"), True, [])
    check_deletion(FN.qualified("3"), False, [])
    latest = "$LATEST version cannot be deleted without deleting the function."
    assert refused(check_deletion, FN.qualified("$LATEST"), True, []) == ("InvalidParameterValueException", latest)
    text = "Deletion of aliases is not currently supported."
    assert refused(check_deletion, FN.qualified("PROD"), True, [])[1] == text
    code, text = refused(check_deletion, FN.qualified("3"), True, ["b", "a"])
    assert code == "ResourceConflictException"
    assert text == "Unable to delete version because the following aliases reference it: [a, b]"


def test_a_qualifier_that_does_not_exist_is_not_found_in_its_kinds_words() -> None:
    """A number as a function, a name as an alias."""
    for qualifier in (None, "$LATEST", "1", "PROD"):
        check_published(FN.qualified(qualifier), {"1"}, {"PROD"})
    assert refused(check_published, FN.qualified("42"), {"1"}, {"PROD"})[1] == f"Function not found: {FN.arn}:42"
    assert refused(check_published, FN.qualified("DEV"), {"1"}, {"PROD"})[1] == f"Cannot find alias arn: {FN.arn}:DEV"
