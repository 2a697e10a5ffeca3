"""Everything that can go wrong, by whose fault it is.

    TutorError
    ├── UsageError            the person's: wrong usage or bad input            exit 2
    │   ├── ServiceError      what AWS's own API would refuse, in its words      exit 2
    │   └── StoreError        a database or a home that cannot be used as it is  exit 2
    ├── ContentError          the author's: a lesson, lab, claim or scenario     exit 1
    ├── HostError             the host's: it lacks what a limit needs            exit 3
    └── Defect                ours: something that must never happen             exit 70

What a learner's function did is never an exception here: it is an ``Invocation``, a value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class TutorError(Exception):
    """The root. ``str(error)`` is one sentence for a person: what, where, and what to do."""

    exit_code = 70


class UsageError(TutorError):
    """The person asked for something that cannot be: a missing file, a wrong flag, a broken event."""

    exit_code = 2


class ServiceError(UsageError, ValueError):
    """A refusal by AWS's own API.

    ``code`` is AWS's error code (``InvalidParameterValueException``), ``message`` its text.
    ``details`` are the error's further members by AWS's names (``Reason``, ``retryAfterSeconds``).
    It is a ``ValueError`` so that an experiment, which imports nothing of ours, can catch it.
    """

    def __init__(self, code: str, message: str, details: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.details: Mapping[str, str] = details or {}


class StoreError(UsageError):
    """The learner's home or database cannot be used: read-only, from a newer version, damaged."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in the content, with all that is needed to mend it.

    ``file`` is relative to the content root; ``line`` counts from 1; ``key`` is the dotted key in
    the file (empty for a whole file); ``nearest`` is the valid name closest to what was written.
    """

    file: str
    line: int
    key: str
    message: str
    nearest: str | None = None

    def __str__(self) -> str:
        key = f" [{self.key}]" if self.key else ""
        near = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        return f"{self.file}:{self.line}:{key} {self.message}{near}"


class ContentError(TutorError):
    """Lessons, scenarios or data that do not hold together. ``problems`` has all of them."""

    exit_code = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class HostError(TutorError):
    """This host lacks what is needed; ``cure`` is the command or step that would give it."""

    exit_code = 3

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(f"{message} {cure}".strip())
        self.cure = cure


class Defect(TutorError):
    """A fault of this program. Please report it."""
