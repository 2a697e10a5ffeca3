"""Who is asked whether a long body may come in at all, before it is read."""

from collections.abc import Callable

from tutor.region.api.message import HttpRequest, HttpResponse

Doorkeeper = Callable[[HttpRequest, int], HttpResponse | None]
"""Asked about a body that will not be held in memory, by the request without it and the bytes that are announced or
have come: an answer refuses the request before more of it is read. Must be quick, and never raises."""


def at_most(limit: int, answer: HttpResponse) -> Doorkeeper:
    """Lets bodies in that have so many bytes at most, and gives others the answer."""

    def ask(_: HttpRequest, size: int) -> HttpResponse | None:
        return answer if size > limit else None

    return ask
