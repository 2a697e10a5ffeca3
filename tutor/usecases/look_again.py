"""Look again: one run of an experiment with settings that its author has not tried, whatever comes of it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from tutor.awslambda.invocation import Invocation
from tutor.errors import ContentError, ServiceError
from tutor.usecases.experiment import look_of, slips
from tutor.usecases.patience import OverTime
from tutor.usecases.staging import Staging

UNFORESEEN = "The experiment looks for something that did not happen with these settings"


@dataclass(frozen=True)
class Again:
    """What came of it. ``observed`` is None where the run did not come to its end, and ``why`` says why then.

    ``invocations`` are all that ran, in their order; ``seconds`` of real time.
    """

    observed: Mapping[str, Any] | None
    why: str
    invocations: tuple[Invocation, ...]
    enforcement: Mapping[str, str]
    seconds: float


def look_again(experiment: Path, given: Mapping[str, Any], staging: Staging) -> Again:
    """Run it once on this stage, which is closed afterwards. A refusal by AWS is an outcome like any other."""
    look, began = look_of(experiment), perf_counter()
    observed, why = None, ""
    with staging:
        try:
            observed = dict(look(staging, **given))
        except OverTime as over:
            why = f"The run was {over}."
        except ServiceError as refusal:
            why = f"AWS refuses it. {refusal}"
        except ContentError:
            why = f"{UNFORESEEN}."
        except slips() as error:
            why = _told(error)
        return Again(observed, why, staging.invocations, staging.enforcement, perf_counter() - began)


def _told(error: Exception) -> str:
    boto = sys.modules.get("botocore.exceptions")
    if boto is not None and isinstance(error, boto.ClientError):
        told = error.response.get("Error", {})
        return f"AWS refuses it. {told.get('Code', '')}: {told.get('Message', '')}"
    return f"{UNFORESEEN}: {type(error).__name__}: {error}."
