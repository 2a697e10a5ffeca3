"""Runtime identifiers and their dates: which of them AWS lets a new function have.

Source: developer guide, lambda-runtimes. The dates live in ``data/runtimes.yaml`` alone.
"""

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from tutor.errors import ServiceError, UsageError


@dataclass(frozen=True)
class Runtime:
    """One identifier. A day that is not scheduled or not known is None; ``blocked``: creating has long been refused."""

    id: str
    deprecation: date | None = None
    block_create: date | None = None
    blocked: bool = False
    block_update: date | None = None

    def refused(self, today: date) -> bool:
        """Whether AWS creates no function with it any more."""
        return self.blocked or (self.block_create is not None and self.block_create <= today)

    def refused_to_updates(self, today: date) -> bool:
        """Whether AWS lets no function change to it any more: some weeks after it creates none with it."""
        return self.blocked or (self.block_update is not None and self.block_update <= today)

    def deprecated(self, today: date) -> bool:
        """Whether it gets no more patches; functions may still be made until ``block_create``."""
        return self.deprecation is not None and self.deprecation <= today


@dataclass(frozen=True)
class Runtimes:
    """Every runtime that AWS has or had."""

    all: tuple[Runtime, ...]

    def find(self, identifier: str, today: date) -> Runtime:
        """The runtime of a function that is created today.

        Raises ``ServiceError`` with AWS's text for one that is blocked, ``UsageError`` for one that never was.
        """
        by_id = {runtime.id: runtime for runtime in self.all}
        if identifier not in by_id:
            raise UsageError(self._unknown(identifier, today))
        runtime = by_id[identifier]
        if runtime.refused(today):
            raise unsupported_runtime(identifier)
        return runtime

    def _unknown(self, identifier: str, today: date) -> str:
        open_to_all = [runtime.id for runtime in self.all if not runtime.refused(today)]
        close = get_close_matches(identifier.lower(), open_to_all, n=1, cutoff=0.5)
        near = f" (did you mean {close[0]!r}?)" if close else ""
        supported = [runtime.id for runtime in self.all if runtime.id in open_to_all and not runtime.deprecated(today)]
        return f"There is no runtime {identifier!r}{near}. Supported are {', '.join(supported)}."


def unsupported_runtime(identifier: str) -> ServiceError:
    """AWS's refusal of a runtime that is blocked by now."""
    text = (
        f"The runtime parameter of {identifier} is no longer supported for creating or updating AWS Lambda "
        "functions. We recommend you use a supported runtime while creating or updating functions."
    )
    return ServiceError("InvalidParameterValueException", text)
