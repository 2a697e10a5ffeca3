"""The answer of a REST API's method that is no proxy: which of its integration responses, its headers, its body."""

import json
import re
from collections.abc import Mapping
from typing import Any

from tutor.awslambda.http_message import HttpResponse as Answer
from tutor.region.triggers.mapping_template import Scene, rendered

Responses = Mapping[str, Mapping[str, Any]]
_HEADER = "method.response.header."
_JSON = "application/json"


def chosen_template(templates: Mapping[str, str], content_type: str) -> str | None:
    """The template for a content type, None where there is none for it."""
    kind = content_type.partition(";")[0].strip().lower() or _JSON
    return templates.get(kind)


def answer(responses: Responses, told: str, body: bytes, scene: Scene, *, failed: bool = False) -> Answer | None:
    """The answer for what the integration ``told`` (an error's message, a status); None where nothing is set up for it.

    The first response whose pattern fits, else the one without a pattern.
    """
    listed = list(responses.values())
    fitting = (each for each in listed if each.get("selectionPattern") and (failed or told))
    found = next((each for each in fitting if re.fullmatch(each["selectionPattern"], told, re.DOTALL)), None)
    response = found or next((each for each in listed if not each.get("selectionPattern")), None)
    if response is None:
        return None
    templates = response.get("responseTemplates") or {}
    template = templates.get(_JSON)
    here = Scene(body, scene.parameters, scene.context, scene.variables)
    text = rendered(template, here).encode() if template else body
    kind = _JSON if not templates or _JSON in templates else next(iter(templates))
    given = ((name, _header(value, body)) for name, value in (response.get("responseParameters") or {}).items())
    headers = [(name.removeprefix(_HEADER), value) for name, value in given if name.startswith(_HEADER)]
    named = {name.lower() for name, _ in headers}
    own = () if "content-type" in named else (("Content-Type", kind),)
    return Answer(int(response["statusCode"]), (*own, *headers), text)


def _header(value: str, body: bytes) -> str:
    """A header's value: a text in quotes, or a part of what the integration gave."""
    if value.startswith("'") and value.endswith("'"):
        return value[1:-1]
    path = value.removeprefix("integration.response.body")
    if path == value:
        return ""
    try:
        found: Any = json.loads(body)
    except ValueError:
        return ""
    for part in filter(None, path.split(".")):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else "" if found is None else json.dumps(found)
