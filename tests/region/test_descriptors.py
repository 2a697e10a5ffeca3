"""Room for a thousand environments, where the host gives it."""

import subprocess
import sys

import pytest

_PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
from tutor.region.descriptors import have_many
have_many()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(("soft", "hard", "then"), [(64, 1000, 1000), (500, 500, 500)])
def test_the_soft_limit_is_raised_as_far_as_it_may_be(soft: int, hard: int, then: int) -> None:
    """And the hard one stays."""
    command = [sys.executable, "-c", _PROGRAM, str(soft), str(hard)]
    assert subprocess.check_output(command, text=True).split() == [str(then), str(hard)]
