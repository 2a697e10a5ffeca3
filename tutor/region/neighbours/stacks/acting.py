"""The services as a stack's owner may use them: clients in this process, and waiting in region time."""

import contextlib
from collections.abc import Callable
from functools import cached_property
from typing import Any

from tutor.region.call import Caller
from tutor.region.neighbours.house import House
from tutor.region.neighbours.moto_clock import sleep
from tutor.region.neighbours.stacks.kind import fitted
from tutor.region.neighbours.wire import in_process_client

_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "InvalidParameterValue", "Duplicate")
"""Codes of what is not there, or (a rule of a security group) there already."""
_NOT_GIVEN = frozenset({"RevisionId", "ClientToken", "CreationToken"})
"""Parameters that an answer has as well, and that would hold the next request to what was then."""


class Acting:
    """Implements ``Services`` for one stack's owner in one AWS region."""

    def __init__(self, house: House, aws_region: str, caller: Caller) -> None:
        self.aws_region = aws_region
        self.house = house
        self._caller = caller

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def client(self, service: str) -> Any:
        """A client of a service."""
        if service not in self._clients:
            self._clients[service] = in_process_client(
                service, self.aws_region, lambda request: self.house.send(request, self._caller)
            )
        return self._clients[service]

    def do(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Do one operation. Raises botocore's errors."""
        client = self.client(service)
        shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
        given = {name: value for name, value in parameters.items() if name not in _NOT_GIVEN}
        answer = getattr(client, operation)(**(fitted(given, shape) if shape is not None else {}))
        answer.pop("ResponseMetadata", None)
        return dict(answer)

    def there(self, service: str, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """The same, None where the service does not know it."""
        from botocore.exceptions import ClientError

        try:
            return self.do(service, operation, **parameters)
        except ClientError as error:
            code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if any(each in code for each in _GONE) or "does not exist" in text or "not found" in text:
                return None
            raise

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Look once a second of region time."""
        for _ in range(int(seconds)):
            if until():
                return True
            with contextlib.suppress(InterruptedError):
                sleep(1.0)
        return until()
