"""A region served on this host: one port of 127.0.0.1."""

from types import TracebackType
from typing import Self

from tutor.errors import HostError, UsageError
from tutor.region.api.doorstep import with_doorstep
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.region import Region


class Server:
    """Serves a region while it is entered. ``port`` must be free; without one ``preferred`` is taken if it is free.

    Raises ``UsageError`` for a port in use.
    """

    def __init__(self, region: Region, port: int | None = None, preferred: int = 0) -> None:
        region.start()

        def answer(request: HttpRequest) -> HttpResponse:
            region.clock.stir()
            return region.entrance.answer(request)

        application = with_doorstep(answer, region.name)
        try:
            self._served = region.listener.listen(application, port or preferred, region.entrance.refused)
        except HostError as error:
            if port is not None:
                raise UsageError(f"Port {port} is in use. Choose another --port, or none.") from error
            self._served = region.listener.listen(application, doorkeeper=region.entrance.refused)
        region.endpoint = self.url

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        return self._served.address

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._served.close()
