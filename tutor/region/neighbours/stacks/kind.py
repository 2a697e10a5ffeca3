"""How a type of resource is made, changed and taken away through its service's API."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Properties = Mapping[str, Any]
_PLACE = re.compile(r"\{([\w.]+)\}")


@dataclass(frozen=True)
class Made:
    """A resource that is there: what ``Ref`` gives, what it was made with, and all that is known of it."""

    physical: str
    known: Properties = field(default_factory=dict)


class Services(Protocol):
    """The services, as the stack's owner may use them, in one AWS region."""

    aws_region: str

    def do(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Do one operation. The parameters are given in the words of a template and fitted to the operation."""

    def there(self, service: str, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """The same, or None where the service does not know it."""

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Wait in region time until something is so; whether it came to be."""


Step = Callable[[Services, dict[str, Any], Properties], None]
"""Does what one operation alone does not: services, all that is known of the resource, its properties before."""


@dataclass(frozen=True)
class Kind:
    """A type whose resources are made by one operation.

    ``ref``, ``attributes`` and ``key`` (the parameters by which it is found again) are texts with places like
    ``{Table.Arn}``, looked up in the properties and in the answer. ``name`` is the property that is made up where it is
    not given. ``fixed`` are the properties whose change needs a new one; with no ``updates`` and no ``steps`` all are.
    """

    service: str
    create: str
    ref: str
    key: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    updates: tuple[str, ...] = ()
    delete: str = ""
    fixed: tuple[str, ...] = ()
    prepare: Callable[[dict[str, Any]], dict[str, Any]] = dict
    steps: tuple[Step, ...] = ()
    before_delete: Step | None = None
    after_delete: Step | None = None
    longest: int = 63
    lower: bool = False

    def replaces(self, before: Properties, after: Properties) -> bool:
        """Whether this change needs a new resource."""
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if not self.updates and not self.steps:
            return bool(changed)
        return bool(changed & {*self.fixed, self.name})

    def made(self, services: Services, properties: Properties) -> Made:
        """Make it. Raises the service's refusals."""
        known: dict[str, Any] = self.prepare(dict(properties))
        known |= services.do(self.service, self.create, **known)
        return self._finished(services, known, {})

    def changed(self, services: Services, made: Made, before: Properties, after: Properties) -> Made:
        """Change it in place."""
        gone = {*before, *self.prepare(dict(before))}
        known = {name: value for name, value in made.known.items() if name not in gone} | self.prepare(dict(after))
        key = self.found(made.known, services.aws_region)
        for operation in self.updates:
            known |= services.do(self.service, operation, **{**self.prepare(dict(after)), **key})
        return self._finished(services, known, before)

    def _finished(self, services: Services, known: dict[str, Any], before: Properties) -> Made:
        for step in self.steps:
            step(services, known, before)
        return Made(filled(self.ref, known, services.aws_region), known)

    def removed(self, services: Services, made: Made) -> None:
        """Take it away; what is gone already is gone."""
        known = dict(made.known)
        if self.before_delete is not None:
            self.before_delete(services, known, {})
        if self.delete:
            services.there(self.service, self.delete, **self.found(known, services.aws_region))
        if self.after_delete is not None:
            self.after_delete(services, known, {})

    def found(self, known: Properties, aws_region: str) -> dict[str, str]:
        """The parameters by which it is found again."""
        found = {name: filled(text, known, aws_region) for name, text in self.key.items()}
        return {name: text for name, text in found.items() if text}

    def attribute(self, made: Made, name: str, aws_region: str) -> Any:
        """What ``Fn::GetAtt`` gives; None for an attribute that the type does not have."""
        text = self.attributes.get(name)
        if text is None:
            return None
        whole = _PLACE.fullmatch(text)
        known = {**made.known, "ref": made.physical}
        return looked_up(whole[1], known, aws_region) if whole else filled(text, known, aws_region)


def filled(text: str, known: Properties, aws_region: str) -> str:
    """A text with its places filled; what is not known is empty."""
    return _PLACE.sub(lambda found: _plain(looked_up(found[1], known, aws_region)), text)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def looked_up(path: str, known: Properties, aws_region: str) -> Any:
    """The value at a dotted path, a number for a place in a list; None where there is none."""
    found: Any = {"region": aws_region, "account": "123456789012", **known}
    for part in path.split("."):
        if isinstance(found, list):
            found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found


def fitted(value: Any, shape: Any) -> Any:
    """A template's value as an operation's model wants it: names without regard to case, numbers that came as text."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        members = {name.lower(): name for name in shape.members}
        named = ((members.get(str(name).lower()), each) for name, each in value.items())
        return {name: fitted(each, shape.members[name]) for name, each in named if name and each is not None}
    if kind == "list":
        if isinstance(value, Mapping) and shape.member.type_name == "structure":
            value = [{"Key": name, "Value": each} for name, each in value.items()]
        return [fitted(each, shape.member) for each in (value if isinstance(value, list) else [value])]
    if kind == "map":
        return _map(value, shape)
    return _SCALARS[kind](value) if kind in _SCALARS else value


def _map(value: Any, shape: Any) -> Any:
    if isinstance(value, list):
        value = {str(each.get("Key")): each.get("Value") for each in value if isinstance(each, Mapping)}
    if not isinstance(value, Mapping):
        return value
    return {str(name): fitted(each, shape.value) for name, each in value.items()}


def text_of(value: Any) -> str:
    """A property as text: documents as JSON, truth in small letters."""
    if isinstance(value, Mapping | list):
        return json.dumps(value, separators=(",", ":"))
    return str(value).lower() if isinstance(value, bool) else str(value)


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "integer": lambda value: int(float(value)),
    "long": lambda value: int(float(value)),
    "float": float,
    "double": float,
    "boolean": lambda value: str(value).lower() in ("true", "yes", "on"),
    "string": text_of,
    "blob": lambda value: value if isinstance(value, bytes) else text_of(value).encode(),
}
