"""A staged lab: the author's ``staging.py`` puts what the learner wrote into a region and sends traffic through it.

``observe(stage, folder, **given)`` is an experiment that is handed the learner's files as well; what it saw goes to the
checks in place of runs. The learner's mistakes come back as a sentence; the author's are told with file and line.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tutor.errors import UsageError
from tutor.study.course import Lab
from tutor.usecases.experiment import Sight, look_of, sight_of
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.trial import Trial
from tutor.usecases.workspace import texts


class LearnersFolder(Mapping[str, str]):
    """The learner's files by name, as texts. A file that is not there is told in a sentence, not as a slip."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def __getitem__(self, name: str) -> str:
        try:
            return self._files[name]
        except KeyError:
            raise UsageError(f"There is no file {name}{did_you_mean(name, list(self._files))} in this lab.") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def json(self, name: str) -> Any:
        """The value of a JSON file, such as the input of one call of AWS's API.

        Raises ``UsageError`` with the line where it is no JSON.
        """
        try:
            return json.loads(self[name])
        except json.JSONDecodeError as error:
            raise UsageError(f"{name}, line {error.lineno}: this is no JSON: {error.msg}.") from error


def observe_folder(lab: Lab, staging: Path, folder: Path, trial: Trial) -> Sight:
    """Stage what lies in ``folder`` once, and return what was seen and every invocation.

    Raises ``UsageError`` for what the learner's files do wrong (also AWS's refusals that the staging does not expect),
    ``ContentError`` for a broken staging, ``HostError`` where this host cannot run it.
    """
    look = look_of(staging)
    files = LearnersFolder(texts(folder))
    return sight_of(staging, lambda stage: _as_learner(lambda: look(stage, files, **lab.given)), trial.stage)


def _as_learner(act: Any) -> Any:
    """Run the staging; what AWS refuses of the learner's input is a sentence to the learner."""
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        return act()
    except ClientError as error:
        raise UsageError(f"AWS refuses it: {error.response['Error']['Message']} ({error.operation_name})") from error
    except ParamValidationError as error:
        raise UsageError(str(error)) from error
