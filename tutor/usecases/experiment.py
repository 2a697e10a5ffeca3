"""Run an experiment: the author's file, its one function ``observe``, and what it saw."""

import math
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from tutor import locations
from tutor.awslambda.invocation import Invocation
from tutor.errors import ContentError, Problem, ServiceError
from tutor.usecases.setting import Setting
from tutor.usecases.staging import Staging

Result = TypeVar("Result")

AUTHORS_SLIPS = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError, TypeError, ValueError,
)  # fmt: skip
"""What an author's own code raises when it is wrong. A fault of the host or of ours is none of these."""


@dataclass(frozen=True)
class Sight:
    """What one run of an experiment saw, all its invocations, the mechanism that held each limit, what was set."""

    seen: Mapping[str, Any]
    invocations: tuple[Invocation, ...]
    enforcement: Mapping[str, str]
    settings: tuple[Setting, ...] = ()


def observe(experiment: Path, given: Mapping[str, Any], stage: Callable[[], Staging]) -> Sight:
    """Run ``observe(stage, **given)`` of the file ``experiment`` once; what it staged is closed afterwards.

    Raises ``ContentError`` with file and line for an experiment that is broken or sees something that is no flat
    mapping of plain values, and ``HostError`` where the host cannot run it.
    """
    look = look_of(experiment)
    return sight_of(experiment, lambda staging: look(staging, **given), stage)


def sight_of(experiment: Path, look: Callable[[Staging], Any], stage: Callable[[], Staging]) -> Sight:
    """What ``look`` sees on a new stage; slips are blamed on the file ``experiment``. Raises as ``observe`` does."""
    with stage() as staging:
        seen = _as_author(experiment, lambda: look(staging))
        _check_flat(experiment, seen)
        return Sight(dict(seen), staging.invocations, staging.enforcement, staging.settings.noted)


def look_of(experiment: Path) -> Callable[..., Any]:
    """``observe`` of the file, run in a namespace of its own. Raises ``ContentError`` where there is none."""
    module = ModuleType(experiment.stem)
    module.__file__ = str(experiment)
    try:
        code = compile(experiment.read_bytes(), str(experiment), "exec")
    except OSError as error:
        raise _broken(experiment, 1, f"the experiment cannot be read: {error.strerror}") from error
    except SyntaxError as error:
        raise _broken(experiment, error.lineno or 1, f"the experiment is no Python: {error.msg}") from error
    _as_author(experiment, lambda: exec(code, module.__dict__))
    look = module.__dict__.get("observe")
    if not callable(look):
        raise _broken(experiment, 1, "the experiment has no function observe(stage, **given)")
    found: Callable[..., Any] = look
    return found


def _as_author(experiment: Path, act: Callable[[], Result]) -> Result:
    """Run the author's code; its slips become problems with file and line."""
    try:
        return act()
    except ContentError as error:
        name, line = _name(experiment), _line(experiment, error)
        raise ContentError([replace(problem, file=name, line=line) for problem in error.problems]) from error
    except ServiceError as error:
        message = f"AWS refuses this and the experiment does not catch it: {error}"
        raise _broken(experiment, _line(experiment, error), message) from error
    except slips() as error:
        message = f"the experiment failed: {type(error).__name__}: {error}"
        raise _broken(experiment, _line(experiment, error), message) from error


def slips() -> tuple[type[Exception], ...]:
    """An author's slips; also an answer of the region that the experiment did not expect, once boto3 is loaded."""
    boto = sys.modules.get("botocore.exceptions")
    return AUTHORS_SLIPS if boto is None else (*AUTHORS_SLIPS, boto.BotoCoreError, boto.ClientError)


def _check_flat(experiment: Path, seen: object) -> None:
    if not isinstance(seen, Mapping):
        raise _broken(experiment, 1, f"observe must return a mapping of names to plain values, not {seen!r}")
    for name, value in seen.items():
        plain = value is None or isinstance(value, (str, bool, int, float))
        if not isinstance(name, str) or not plain or (isinstance(value, float) and not math.isfinite(value)):
            message = f"observe must return plain values (text, number, true, false, null); {name!r} is {value!r}"
            raise _broken(experiment, 1, message)


def _line(experiment: Path, error: BaseException) -> int:
    """The last line of the experiment's file that the error passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == str(experiment)), 1)


def _broken(experiment: Path, line: int, message: str) -> ContentError:
    return ContentError([Problem(file=_name(experiment), line=line, key="", message=message)])


def _name(experiment: Path) -> str:
    root = locations.content_root()
    return str(experiment.relative_to(root) if experiment.is_relative_to(root) else experiment)
