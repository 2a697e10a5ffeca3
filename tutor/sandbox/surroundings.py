"""What a Region puts around one execution environment: its log stream, credentials, and doors to what it serves."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from tutor.awslambda.function import FunctionConfiguration

Close = Callable[[], object]
Serve = Callable[[socket.socket], Close]


@dataclass(frozen=True)
class Door:
    """An IPv4 address and port inside an environment that is served outside.

    ``serve`` is given the listening socket when the environment is made, from whichever thread makes it. It takes the
    socket over (to accept on it, and to close it) and must return at once. What it returns is called once the
    environment has ended: close the socket and every connection then, for each keeps a network namespace alive.
    """

    address: str
    port: int
    serve: Serve


@dataclass(frozen=True)
class Surroundings:
    """Told for each environment when it is made.

    ``variables`` are set whatever the function's own say (the execution role's credentials); the function's own go
    before ``defaults`` (``AWS_ENDPOINT_URL``). Neither counts into the 4 KB. Names that are left empty are Lambda's
    usual ones, of today; an empty ``runtime_version_arn`` is the interpreter's own.
    """

    log_group: str = ""
    log_stream: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    doors: tuple[Door, ...] = ()
    runtime_version_arn: str = ""

    def named(self, configuration: FunctionConfiguration, today: datetime | None = None) -> "Surroundings":
        """The same with every name filled in."""
        day = (today or datetime.now(UTC)).strftime("%Y/%m/%d")
        group = self.log_group or f"/aws/lambda/{configuration.function_name}"
        stream = self.log_stream or f"{day}/[{configuration.version}]{uuid4().hex}"
        return replace(self, log_group=group, log_stream=stream)


Surround = Callable[[], Surroundings]
"""Asked once for each environment, when it is made; it may block, and may raise what creating a function may."""
