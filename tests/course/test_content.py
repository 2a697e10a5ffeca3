"""The real content holds together: ``tutor content`` has nothing to tell."""

from functools import cache

from tutor import locations
from tutor.content.validation import validate

real = cache(lambda: validate(locations.content_root()))


def test_the_real_content_has_no_problems() -> None:
    """Nothing is shipped that an author would be told to mend, and all that a run decides was run."""
    found = real()
    assert [str(problem) for problem in found.problems] == []
    assert found.count("question", computed=True) == found.count("question", proven=True)
    assert found.count("claim", computed=True) == found.count("claim", proven=True)


def test_the_real_content_has_its_size() -> None:
    """A folder that was not found would leave nothing to complain about."""
    found = real()
    assert found.units >= 6
    assert found.count("lab") >= 9
    assert found.count("question") >= 75
    assert found.count("question", computed=True) >= 50
    assert found.count("claim") >= 100
    assert found.count("claim", proven=True) >= 70
