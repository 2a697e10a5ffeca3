"""Grade a lab's runs: ask each demand's check, a function of the author's ``checks.py``, for its verdict."""

import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from tutor import locations
from tutor.awslambda.invocation import Invocation
from tutor.errors import ContentError, Problem
from tutor.study.course import Demand, Grade, Holds, Lab, Verdict, grade_of

Judged = Sequence[Invocation] | Mapping[str, Any]
"""What a check is given first: the runs, or what a staged lab's staging saw."""

_VERDICTS: Mapping[bool | None, Holds] = {True: "holds", False: "fails", None: "cannot be judged"}


def grade(lab: Lab, invocations: Sequence[Invocation], observed: Mapping[str, Any] | None = None) -> Grade:
    """The verdicts on a complete set of runs, in the order of the checklist.

    Where something was ``observed`` on a stage, the checks are given that and not the runs.

    A demand that needs a limit which nothing enforced in these runs cannot be judged, whatever was seen.
    Raises ``ContentError`` with file and line for checks that are broken: never the learner's fault.
    """
    checks = _load(lab.checks)
    judged: Judged = tuple(invocations) if observed is None else observed
    return grade_of([_judge(lab, demand, checks, judged, invocations) for demand in lab.demands])


def grade_refused(lab: Lab, why: str) -> Grade:
    """Every demand fails for the one reason that the code could not be run."""
    return grade_of([Verdict(demand.id, demand.says, "fails", why) for demand in lab.demands])


def not_enforced(demand: Demand, invocations: Sequence[Invocation]) -> tuple[str, ...]:
    """The limits that the demand needs and that nothing held in at least one of the runs."""
    return tuple(
        limit
        for limit in demand.needs
        if any(invocation.enforcement.get(limit, "none") == "none" for invocation in invocations)
    )


def _judge(
    lab: Lab, demand: Demand, checks: Mapping[str, Any], judged: Judged, invocations: Sequence[Invocation]
) -> Verdict:
    missing = not_enforced(demand, invocations)
    if missing:
        why = f"this host does not enforce {', '.join(missing)}: tutor doctor says what would"
        return Verdict(demand.id, demand.says, "cannot be judged", why)
    check = checks.get(demand.id)
    if not callable(check):
        raise _broken(lab.checks, 1, demand.id, f"there is no function {demand.id}(runs, given) for this demand")
    with _AuthorsCode(lab.checks, demand.id):
        said = check(judged, lab.given)
    holds, why = _said(lab.checks, demand.id, said)
    return Verdict(demand.id, demand.says, holds, why)


def _said(checks: Path, name: str, said: Any) -> tuple[Holds, str]:
    if isinstance(said, tuple) and len(said) == 2:
        holds, why = said
        if (holds is None or isinstance(holds, bool)) and isinstance(why, str):
            return _VERDICTS[holds], why
    raise _broken(checks, 1, name, f"{name} must return (True, False or None, a reason), not {said!r}")


def _load(checks: Path) -> Mapping[str, Any]:
    """The functions of ``checks.py``, run in a namespace of its own."""
    namespace: dict[str, Any] = {"__name__": "checks", "__file__": str(checks)}
    try:
        code = compile(checks.read_bytes(), str(checks), "exec")
    except OSError as error:
        raise _broken(checks, 1, "", f"the checks cannot be read: {error.strerror}") from error
    except (SyntaxError, ValueError) as error:
        raise _broken(checks, getattr(error, "lineno", None) or 1, "", f"the checks are no Python: {error}") from error
    with _AuthorsCode(checks, ""):
        exec(code, namespace)
    return namespace


class _AuthorsCode:
    """Around the author's code: whatever it raises becomes a problem with file and line, never the learner's fault."""

    def __init__(self, checks: Path, key: str) -> None:
        self._checks = checks
        self._key = key

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            return
        frames = traceback.extract_tb(trace)
        line = next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == str(self._checks)), 1)
        message = f"the check failed: {type(error).__name__}: {error}"
        raise _broken(self._checks, line, self._key, message) from error


def _broken(checks: Path, line: int, key: str, message: str) -> ContentError:
    root = locations.content_root()
    name = checks.relative_to(root) if checks.is_relative_to(root) else checks
    return ContentError([Problem(str(name), line, key, message)])
