"""The stage that experiments run on, made of the sandbox's functions and Lambda's defaults."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.quotas import Quotas
from tutor.errors import ContentError, Defect, Problem
from tutor.usecases.functions import Functions, RunningFunction
from tutor.usecases.nearest import nearest
from tutor.usecases.patience import Patience, PatientClock
from tutor.usecases.regions import Regions, StagedClock, StagedRegion
from tutor.usecases.setting import Setting, Settings
from tutor.usecases.turned_client import Turning

HOST_RUNTIME = f"python3.{sys.version_info.minor}"
"""The one runtime that every host has: its own Python."""


class StagedFunction:
    """A function on the stage; what each invocation did is kept by the stage."""

    def __init__(
        self, running: RunningFunction, invocations: list[Invocation], patience: Patience | None = None
    ) -> None:
        self._running = running
        self._invocations = invocations
        self._patience = patience

    def invoke(self, event: Json = None) -> Invocation:
        """Invoke it synchronously; ``None`` is the event ``{}``."""
        if self._patience is not None:
            _ = self._patience.left
        invocation = self._running.invoke({} if event is None else event)
        self._invocations.append(invocation)
        return invocation


class Staging:
    """One stage: a context manager that closes every function it made, on errors too.

    ``invocations`` holds all that was invoked: for the cost and for what held the limits. Its region is opened when
    an experiment first asks for a client or the clock.
    A configuration that the stage does not know is the author's mistake: ``ContentError`` with the nearest name,
    to which the experiment's file and line are added by ``experiment.observe``.
    ``settings`` notes what is set on the stage, and has other values in their place; ``patience`` bounds it in time.
    """

    def __init__(
        self,
        functions: Functions,
        quotas: Quotas,
        regions: Regions | None = None,
        settings: Settings | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self._functions = functions
        self._regions = regions
        self._patience = patience
        self._turning = Turning(self.settings, quotas, patience)
        self._staged: StagedRegion | None = None
        self._defaults: Mapping[str, Any] = {
            "handler": "lambda_function.lambda_handler",
            "memory_size": quotas.memory_size_default,
            "timeout": quotas.timeout_default,
            "ephemeral_storage": quotas.ephemeral_storage_default,
            "environment": {},
            "runtime": HOST_RUNTIME,
            "logging_format": "Text",
            "application_log_level": None,
        }
        self._bounds = {
            "memory_size": ("MB", quotas.memory_size_min, quotas.memory_size_max),
            "timeout": ("s", quotas.timeout_min, quotas.timeout_max),
            "ephemeral_storage": ("MB", quotas.ephemeral_storage_min, quotas.ephemeral_storage_max),
        }
        self._closing = ExitStack()
        self._invocations: list[Invocation] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def function(
        self, code: str | Mapping[str, str], *, layers: Sequence[Mapping[str, str]] = (), **configuration: Any
    ) -> StagedFunction:
        """Create a function; see ``tutor.usecases.stage.Stage``."""
        files = {"lambda_function.py": code} if isinstance(code, str) else code
        running = self._functions.create(files, self._configuration(configuration), layers=_layers(layers))
        self._closing.callback(running.close)
        return StagedFunction(running, self._invocations, self._patience)

    def client(self, service: str) -> Any:
        """A boto3 client of the staged region; see ``tutor.usecases.stage.Stage``."""
        return self._turning.turn(self._region.client(service))

    @property
    def clock(self) -> StagedClock:
        """The staged region's clock."""
        clock = self._region.clock
        return clock if self._patience is None else PatientClock(clock, self._patience)

    @property
    def _region(self) -> StagedRegion:
        if self._staged is None:
            if self._regions is None:
                raise Defect("this stage was given no region")
            self._staged = self._regions.open()
            self._closing.callback(self._staged.close)
        return self._staged

    @property
    def invocations(self) -> tuple[Invocation, ...]:
        """All that ran on the stage: what was invoked directly, then what ran in its region."""
        return (*self._invocations, *(self._staged.invocations if self._staged else ()))

    @property
    def enforcement(self) -> Mapping[str, str]:
        """Limit -> mechanism, of all invocations; ``none`` where a limit was left open in any of them."""
        held: dict[str, str] = {}
        for invocation in self.invocations:
            for limit, mechanism in invocation.enforcement.items():
                if held.get(limit) != "none":
                    held[limit] = mechanism
        return dict(sorted(held.items()))

    def _configuration(self, asked: Mapping[str, Any]) -> FunctionConfiguration:
        for name in asked:
            if name not in self._defaults:
                message = f"a function has no setting {name!r}; it has {', '.join(self._defaults)}"
                raise _mistake(name, message, nearest(name, self._defaults))
        environment = asked.get("environment", {})
        if not isinstance(environment, Mapping) or not all(isinstance(value, str) for value in environment.values()):
            raise _mistake("environment", f"environment must map names to texts, not {environment!r}", None)
        return FunctionConfiguration(**{**self._defaults, **asked, **self._turned(asked)})

    def _turned(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The settings that a learner may change, as they are to be."""
        turned = {}
        for name, (unit, least, most) in self._bounds.items():
            staged = asked.get(name, self._defaults[name])
            if type(staged) is int:
                setting = Setting("function", name.replace("_", " "), staged, unit, least, most)
                turned[name] = self.settings.value(setting, named=name in asked)
        return turned


def _layers(layers: object) -> Sequence[Mapping[str, str]]:
    if not isinstance(layers, Sequence) or not all(isinstance(layer, Mapping) for layer in layers):
        raise _mistake("layers", f"layers must be a list of mappings of file names to texts, not {layers!r}", None)
    return layers


def _mistake(key: str, message: str, near: str | None) -> ContentError:
    return ContentError([Problem(file="the experiment", line=1, key=key, message=message, nearest=near)])
