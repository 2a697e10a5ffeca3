"""Regions for the stage: empty, with a fast clock that always begins at the same moment, gone when closed."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tutor.awslambda.invocation import Invocation
from tutor.awslambda.quotas import Quotas
from tutor.awslambda.runtime import Runtimes
from tutor.region.clock import Clock
from tutor.region.region import Region
from tutor.sandbox.functions import SandboxedFunctions

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""When every staged region's clock begins."""


class StagedRegion:
    """One region of a stage."""

    def __init__(self, quotas: Quotas, runtimes: Runtimes) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tutor-region-")
        self.clock = Clock("fast", start=BEGINNING.timestamp())
        self._region = Region(
            Path(self._folder.name) / "staged",
            clock=self.clock,
            quotas=quotas,
            runtimes=runtimes,
            sandbox=SandboxedFunctions(quotas),
        )
        self.client = cache(self._client)

    def _client(self, service: str) -> Any:
        return self._region.client(service)

    @property
    def invocations(self) -> Sequence[Invocation]:
        """What ran in it so far, in the order of completion."""
        return self._region.invoking.done

    def close(self) -> None:
        """End what runs in it; nothing stays. Safe to call twice."""
        self._region.close()
        self._folder.cleanup()


class StagedRegions:
    """Opens regions for stages."""

    def __init__(self, quotas: Quotas, runtimes: Runtimes) -> None:
        self._quotas = quotas
        self._runtimes = runtimes

    def open(self) -> StagedRegion:
        """A new, empty region."""
        return StagedRegion(self._quotas, self._runtimes)
