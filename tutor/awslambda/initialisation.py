"""What came of an INIT that ran ahead of any invocation: that of a provisioned environment."""

import math
from dataclasses import dataclass

from tutor.awslambda.invocation import Json, LogEvent
from tutor.errors import ServiceError


@dataclass(frozen=True)
class Initialisation:
    """One environment's INIT (or RESTORE), a value also where it failed. Times in ms.

    ``status`` is None for a success, else ``error`` or ``timeout``; ``document`` is the error document then. ``log``
    belongs in the environment's log stream at once: no invocation tells it again.
    """

    duration_ms: float
    log: tuple[LogEvent, ...]
    log_group: str
    log_stream: str
    status: str | None = None
    error_type: str | None = None
    document: Json = None

    @property
    def succeeded(self) -> bool:
        """Whether the environment is ready to serve."""
        return self.status is None

    @property
    def billed_duration_ms(self) -> int:
        """INIT of a provisioned environment is billed, in whole milliseconds, whether it ever serves or not."""
        return math.ceil(self.duration_ms)


class RestoreFailed(ServiceError):
    """A snapshot could not be restored, and so nothing was invoked; ``restore`` is what came of it, log included.

    Source of the codes: API reference, Invoke. The texts are its descriptions of them.
    """

    def __init__(self, restore: Initialisation) -> None:
        if restore.status == "timeout":
            super().__init__(
                "SnapStartTimeoutException", "Lambda couldn't restore the snapshot within the timeout limit."
            )
        else:
            super().__init__("SnapStartException", "The afterRestore() runtime hook encountered an error.")
        self.restore = restore
