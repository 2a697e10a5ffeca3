"""Running functions: the Protocols that the use cases need from the sandbox."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.invocation import Invocation, Json


class RunningFunction(Protocol):
    """A function with its execution environments, one for each invocation at a time, kept until closed.

    Safe for threads: invocations at the same time run in environments of their own.
    """

    def invoke(self, event: Json) -> Invocation:
        """Invoke it once, in an idle environment (the most recently used one) or a new one."""
        ...

    def renew(self) -> None:
        """Give the idle environments up, so that the next invocation is a cold start."""
        ...

    def close(self) -> None:
        """Shut the environments down; nothing of them stays. Safe to call twice."""
        ...


class Functions(Protocol):
    """Where functions come from (the sandbox, joined in ``wiring``)."""

    def create(
        self,
        code: Path | Mapping[str, str],
        configuration: FunctionConfiguration,
        layers: Sequence[Path | Mapping[str, str]] = (),
    ) -> RunningFunction:
        """A function from a file, a folder, a zip, or a mapping of file names to texts.

        ``layers`` are merged into /opt in their order: each a folder, a zip, or a mapping.

        Raises ``ServiceError`` for what AWS refuses, ``UsageError`` for a path that is not there,
        ``HostError`` where the host lacks the namespaces that the sandbox needs.
        """
        ...

    def enforcement(self) -> Mapping[str, str]:
        """Limit -> mechanism on this host (``none`` where it is not enforced)."""
        ...
