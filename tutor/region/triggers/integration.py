"""What stands behind a method or a route of an API: a function, or something that the region does not serve."""

import re
from collections.abc import Mapping
from typing import Any

_IN_URI = re.compile(r"functions/(?P<function>.+)/invocations$")
_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")


def function_of(uri: str, variables: Mapping[str, str]) -> str | None:
    """The ARN of the function that an integration's URI names, its stage variables filled in; None: no function."""
    whole = _VARIABLE.sub(lambda found: str(variables.get(found[1], "")), uri)
    found = _IN_URI.search(whole)
    function = found["function"] if found else whole
    return function if ":function:" in function else None


def seconds_of(integration: Mapping[str, Any], name: str, most: int) -> float:
    """How long the API waits for its function: what it is set to (in ms, under ``name``), else the most."""
    return int(integration.get(name) or most * 1000) / 1000


def forwarded(headers: tuple[tuple[str, str], ...], port: int) -> tuple[tuple[str, str], ...]:
    """The headers as they come behind an API or a balancer, which tell who asked and how."""
    there = {name.lower(): value for name, value in headers}
    before = f"{there['x-forwarded-for']}, " if there.get("x-forwarded-for") else ""
    own = (("X-Forwarded-For", f"{before}127.0.0.1"), ("X-Forwarded-Port", str(port)), ("X-Forwarded-Proto", "http"))
    return tuple(pair for pair in headers if not pair[0].lower().startswith("x-forwarded-")) + own
