"""The functions of templates: what ``Ref``, ``Fn::GetAtt``, ``Fn::Sub`` and the others give."""

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.region.neighbours.stacks.template import invalid

_IN_TEXT = re.compile(r"\$\{(!?[^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:([a-z-]+):([^}]+)\}\}")
_ZONES = "abc"


class NoValue:
    """``AWS::NoValue``: what has it is left out."""


@dataclass(frozen=True)
class Known:
    """What the functions of a template can look up.

    ``values`` are the parameters and pseudo parameters; ``physical`` and ``attribute`` tell of resources that are made;
    ``imported`` gives another stack's export, ``secret`` a dynamic reference's value (service, name).
    """

    values: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    physical: Callable[[str], str | None] = lambda _: None
    attribute: Callable[[str, str], Any] = lambda _, __: None
    imported: Callable[[str], str] = lambda name: name
    secret: Callable[[str, str], str] = lambda _, name: name
    _asked: dict[str, bool] = field(default_factory=dict)

    def holds(self, name: str) -> bool:
        """Whether a condition holds."""
        if name not in self.conditions:
            raise invalid(f"Template format error: Unresolved condition dependency {name} in the template")
        if name not in self._asked:
            self._asked[name] = _truth(resolved(self.conditions[name], self))
        return self._asked[name]


def resolved(value: Any, known: Known) -> Any:
    """The value with its functions replaced by what they give. Raises CloudFormation's ValidationError."""
    if isinstance(value, dict):
        if len(value) == 1:
            [(name, given)] = value.items()
            function = _FUNCTIONS.get(name)
            if function is not None:
                return function(given, known)
        pairs = ((name, resolved(each, known)) for name, each in value.items())
        return {name: each for name, each in pairs if each is not NoValue}
    if isinstance(value, list):
        return [each for each in (resolved(one, known) for one in value) if each is not NoValue]
    if isinstance(value, str) and "{{resolve:" in value:
        return _DYNAMIC.sub(lambda found: known.secret(found[1], found[2]), value)
    return value


def references(value: Any) -> Iterator[tuple[str, bool]]:
    """The names that a value refers to: a name, and whether it must be a resource's."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        for name, given in value.items():
            if name == "Ref" and isinstance(given, str):
                yield given, False
            elif name == "Fn::GetAtt":
                yield str(_attribute_of(given)[0]), True
            elif name == "Fn::Sub":
                yield from _in_text(given)
            else:
                yield from references(given)


def _in_text(given: Any) -> Iterator[tuple[str, bool]]:
    text, more = (given[0], given[1]) if isinstance(given, list) and len(given) == 2 else (given, {})
    yield from references(more)
    for found in _IN_TEXT.finditer(str(text)):
        name, dot, _ = found[1].strip().partition(".")
        if not name.startswith("!") and name not in more:
            yield name, bool(dot)


def _attribute_of(given: Any) -> tuple[str, Any]:
    if isinstance(given, str):
        name, _, attribute = given.partition(".")
        return name, attribute
    if isinstance(given, list) and len(given) == 2:
        return str(given[0]), given[1]
    raise invalid("Template error: every Fn::GetAtt object requires two non-empty parameters")


def _ref(given: Any, known: Known) -> Any:
    if given == "AWS::NoValue":
        return NoValue
    if given in known.values:
        return known.values[given]
    physical = known.physical(str(given))
    if physical is None:
        raise invalid(
            f"Template format error: Unresolved resource dependencies [{given}] in the Resources block of the template"
        )
    return physical


def _get_att(given: Any, known: Known) -> Any:
    name, attribute = _attribute_of(given)
    wanted = str(resolved(attribute, known))
    found = known.attribute(name, wanted)
    if found is None:
        raise invalid(f"Template error: resource {name} does not support attribute type {wanted} in Fn::GetAtt")
    return found


def _sub(given: Any, known: Known) -> str:
    text, more = (given[0], given[1]) if isinstance(given, list) and len(given) == 2 else (given, {})
    if not isinstance(text, str) or not isinstance(more, dict):
        raise invalid("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments.")
    own = {name: resolved(value, known) for name, value in more.items()}

    def filled(found: re.Match[str]) -> str:
        name = found[1].strip()
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in own:
            return _text(own[name])
        return _text(_get_att(name, known) if "." in name else _ref(name, known))

    return str(resolved(_IN_TEXT.sub(filled, text), known))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _join(given: Any, known: Known) -> str:
    between, parts = resolved(given, known) if isinstance(given, list) and len(given) == 2 else ("", None)
    if not isinstance(parts, list):
        raise invalid("Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.")  # fmt: skip  # noqa: E501
    return str(between).join(_text(each) for each in parts)


def _select(given: Any, known: Known) -> Any:
    index, values = resolved(given, known)
    if isinstance(values, str):
        values = values.split(",")
    try:
        return values[int(index)]
    except (IndexError, ValueError, TypeError):
        raise invalid(f"Template error: Fn::Select cannot select nonexistent value at index {index}") from None


def _split(given: Any, known: Known) -> list[str]:
    between, text = resolved(given, known)
    return str(text).split(str(between))


def _if(given: Any, known: Known) -> Any:
    if not isinstance(given, list) or len(given) != 3:
        raise invalid("Template error: Fn::If requires a list argument with three parameters")
    return resolved(given[1] if known.holds(str(given[0])) else given[2], known)


def _find(given: Any, known: Known) -> Any:
    place = resolved(given[:3], known)
    found: Any = known.mappings
    for name in place:
        found = found.get(str(name)) if isinstance(found, dict) else None
    if found is None and len(given) == 4 and isinstance(given[3], dict):
        return resolved(given[3].get("DefaultValue"), known)
    if found is None:
        raise invalid(f"Template error: Unable to get mapping for {'::'.join(map(str, place))}")
    return found


def _zones(given: Any, known: Known) -> list[str]:
    region = resolved(given, known) or known.values["AWS::Region"]
    return [f"{region}{letter}" for letter in _ZONES]


def _networks(given: Any, known: Known) -> list[str]:
    block, count, bits = ([*resolved(given, known), 8])[:3]
    network = ipaddress.ip_network(str(block))
    found = network.subnets(new_prefix=network.max_prefixlen - int(bits))
    return [str(one) for _, one in zip(range(int(count)), found, strict=False)]


def _truth(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def _equal(given: Any, known: Known) -> bool:
    one, other = resolved(given, known)
    return _text(one) == _text(other)


_FUNCTIONS: Mapping[str, Callable[[Any, Known], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::If": _if,
    "Fn::FindInMap": _find,
    "Fn::GetAZs": _zones,
    "Fn::Cidr": _networks,
    "Fn::Base64": lambda given, known: base64.b64encode(_text(resolved(given, known)).encode()).decode(),
    "Fn::ImportValue": lambda given, known: known.imported(str(resolved(given, known))),
    "Fn::Length": lambda given, known: len(resolved(given, known)),
    "Fn::ToJsonString": lambda given, known: json.dumps(resolved(given, known), separators=(",", ":")),
    "Condition": lambda given, known: known.holds(given) if isinstance(given, str) else resolved_plain(given, known),
    "Fn::Equals": _equal,
    "Fn::Not": lambda given, known: not _truth(resolved(given, known)[0]),
    "Fn::And": lambda given, known: all(_truth(each) for each in resolved(given, known)),
    "Fn::Or": lambda given, known: any(_truth(each) for each in resolved(given, known)),
}


def resolved_plain(given: Any, known: Known) -> dict[str, Any]:
    """A policy statement's ``Condition`` that stands alone is no function."""
    return {"Condition": resolved(given, known)}
