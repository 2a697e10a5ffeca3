"""Mapping templates of a REST API: what stands in for ``$input``, ``$context``, ``$stageVariables`` and ``$util``.

Of the template language there are references and ``#set``; conditions and loops are not served. Source: API Gateway
developer guide, "API Gateway mapping template and access logging variable reference".
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

_SET = re.compile(r"^[ \t]*#set\s*\(\s*\$(\w+)\s*=\s*(.+)\)[ \t]*$\n?", re.MULTILINE)
_COMMENT = re.compile(r"##.*?(\n|$)|#\*.*?\*#", re.DOTALL)
_DIRECTIVE = re.compile(r"#(if|foreach|else|elseif|end|macro|parse|include)\b")
_REFERENCE = re.compile(r"\$!?\{?([A-Za-z_]\w*(?:\.\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)*)\}?")
_CALL = re.compile(r"(\w+)(?:\((.*)\))?$", re.DOTALL)


class NotServedError(ValueError):
    """A template with what is not served here, in a sentence."""


@dataclass(frozen=True)
class Scene:
    """What a template can look at. ``parameters`` are the request's by where they come from."""

    body: bytes
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def rendered(template: str, scene: Scene) -> str:
    """The text that a template gives. Raises ``NotServedError``."""
    plain = _COMMENT.sub("", template)
    if _DIRECTIVE.search(plain):
        raise NotServedError("conditions and loops of mapping templates are not served in this region")
    own: dict[str, Any] = {}

    def kept(found: re.Match[str]) -> str:
        own[found[1]] = _value(found[2], scene, own)
        return ""

    text = _SET.sub(kept, plain)
    return _REFERENCE.sub(lambda found: _told(_looked_up(found[1], scene, own), found[0]), text)


def _value(expression: str, scene: Scene, own: Mapping[str, Any]) -> Any:
    whole = _REFERENCE.fullmatch(expression)
    if whole is not None:
        return _looked_up(whole[1], scene, own)
    if expression[:1] in "'\"":
        return _REFERENCE.sub(lambda found: _told(_looked_up(found[1], scene, own), found[0]), expression[1:-1])
    try:
        return json.loads(expression)
    except ValueError:
        raise NotServedError(f"#set cannot have {expression!r} here") from None


def _told(value: Any, reference: str) -> str:
    """A value as it stands in a text; what there is not is left as it is written, quietly where it has a ``!``."""
    if value is None:
        return "" if reference.startswith("$!") or "." in reference else reference
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _looked_up(path: str, scene: Scene, own: Mapping[str, Any]) -> Any:
    name, *rest = _parts(path)
    if name == "input":
        return _of_input(rest, scene, own)
    if name == "util":
        return _of_util(rest, scene, own)
    found: Any = {"context": scene.context, "stageVariables": scene.variables, **own}.get(name)
    for part in rest:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _parts(path: str) -> list[str]:
    """A path's parts: a point between brackets divides nothing."""
    parts, depth = [""], 0
    for letter in path:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "." and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _of_input(rest: list[str], scene: Scene, own: Mapping[str, Any]) -> Any:
    call = _CALL.match(rest[0]) if rest else None
    name, given = (call[1], call[2]) if call else ("", None)
    if name == "body":
        return scene.body.decode(errors="replace")
    argument = _value(given, scene, own) if given else ""
    if name == "params":
        return _parameter(argument, rest[1:], scene)
    if name in ("json", "path"):
        found = _by_path(scene.body, str(argument))
        for part in rest[1:]:
            found = found.get(part) if isinstance(found, Mapping) else None
        return json.dumps(found, separators=(",", ":")) if name == "json" else found
    raise NotServedError(f"$input.{name} is not served in this region")


def _parameter(name: str, rest: list[str], scene: Scene) -> Any:
    if name:
        return next((given[name] for given in scene.parameters.values() if name in given), "")
    found: Any = scene.parameters
    for part in rest:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _by_path(body: bytes, path: str) -> Any:
    from jsonpath_ng.ext.parser import parse

    try:
        whole = json.loads(body or b"{}")
    except ValueError:
        whole = body.decode(errors="replace")
    if path in ("", "$"):
        return whole
    found = parse(path).find(whole)
    return found[0].value if found else None


def _of_util(rest: list[str], scene: Scene, own: Mapping[str, Any]) -> Any:
    call = _CALL.match(rest[0]) if rest else None
    change = _UTIL.get(call[1]) if call else None
    if call is None or change is None or call[2] is None:
        raise NotServedError(f"$util.{rest[0] if rest else ''} is not served in this region")
    value = _value(call[2].strip(), scene, own)
    return change(value if isinstance(value, str) else json.dumps(value))


_UTIL: Mapping[str, Callable[[str], Any]] = {
    "escapeJavaScript": lambda text: json.dumps(text)[1:-1].replace("'", "\\'"),
    "parseJson": json.loads,
    "urlEncode": lambda text: quote(text, safe=""),
    "urlDecode": unquote,
    "base64Encode": lambda text: base64.b64encode(text.encode()).decode(),
    "base64Decode": lambda text: base64.b64decode(text).decode(errors="replace"),
}
