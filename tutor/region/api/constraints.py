"""The model's constraints on parameters, told in AWS's words.

All that is wrong is told at once, in one ``ValidationException``. The forms are recordings of the service:
``Value '10' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128``;
of a list or map the whole value is shown and the element's constraints are told in brackets, all of them;
a sensitive value is not shown.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.model import Shape

from tutor.errors import ServiceError
from tutor.region.api.java_text import java_text
from tutor.region.api.model import lower_camel_case, operation_model
from tutor.region.api.rule import NOT_NULL, Rule, rules_of

Check = Callable[[Any, str, list[str]], None]
"""Looks at a value at a path and adds what is wrong with it to the problems."""

_LEFT_TO_OPERATIONS = frozenset({("Runtime", "Runtime")})
"""Members whose values the service itself judges, with another error and text. Source: recordings (``runtime``)."""

_WITHOUT_NOT_NULL = frozenset({"SubnetIds", "SecurityGroupIds"})
"""Lists whose recorded texts do not speak of null."""

_BARE = frozenset({"CompatibleRuntimes"})
"""Lists whose recorded texts tell the element's constraint without brackets."""


def check(operation: str, parameters: Mapping[str, Any]) -> None:
    """Raise ``ValidationException`` with everything that the model forbids in an operation's parameters."""
    checker = _checker(operation)
    if checker is None:
        return
    problems: list[str] = []
    checker(parameters, "", problems)
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise ServiceError("ValidationException", count + "; ".join(problems))


@cache
def _checker(operation: str) -> Check | None:
    shape = operation_model(operation).input_shape
    return None if shape is None else _Checks().structure(shape)


def _problem(shape: Shape, value: Any, path: str, constraint: str) -> str:
    shown = "" if shape.metadata.get("sensitive") else f" '{java_text(value, shape)}'"
    return f"Value{shown} at '{path}' failed to satisfy constraint: {constraint}"


class _Checks:
    """Makes checks of shapes; a shape that holds itself gets the check that is being made."""

    def __init__(self) -> None:
        self._structures: dict[str, Check] = {}

    def of(self, shape: Shape) -> Check | None:
        """The check of a shape, or None where the model says nothing about its values."""
        if shape.type_name == "structure":
            return self._structures.get(shape.name) or self.structure(shape)
        inner = None
        if shape.type_name == "list":
            inner = self._elements(shape)
        elif shape.type_name == "map":
            inner = self._entries(shape)
        return _in_turn(_own(shape), inner)

    def structure(self, shape: Shape) -> Check:
        """Required members are there, and every member is as it must be."""
        required = tuple(shape.required_members)
        members: list[tuple[str, Check]] = []

        def check_structure(value: Any, path: str, problems: list[str]) -> None:
            start = f"{path}." if path else ""
            for name in required:
                if value.get(name) is None:
                    at = start + lower_camel_case(name)
                    problems.append(f"Value null at '{at}' failed to satisfy constraint: {NOT_NULL}")
            for name, inner in members:
                given = value.get(name)
                if given is not None:
                    inner(given, start + lower_camel_case(name), problems)

        self._structures[shape.name] = check_structure
        for name, member in shape.members.items():
            inner = None if (name, member.name) in _LEFT_TO_OPERATIONS else self.of(member)
            if inner is not None:
                members.append((name, inner))
        return check_structure

    def _elements(self, shape: Shape) -> Check:
        element = shape.member
        if element.type_name == "structure":
            return _each_structure(shape, self.of(element))
        rules, texts = rules_of(element), _texts(element)
        if shape.name not in _WITHOUT_NOT_NULL and shape.name not in _BARE:
            texts.append(NOT_NULL)
        told = ", ".join(texts) if shape.name in _BARE else f"Member must satisfy constraint: [{', '.join(texts)}]"

        def check_elements(value: Any, path: str, problems: list[str]) -> None:
            if not all(_holds(rules, element, item) for item in value):
                problems.append(_problem(shape, value, path, told))

        return check_elements

    def _entries(self, shape: Shape) -> Check:
        keys, values = rules_of(shape.key), rules_of(shape.value)
        of_keys = f"Map keys must satisfy constraint: [{', '.join(_texts(shape.key))}]"
        of_values = f"Map value must satisfy constraint: [{', '.join([*_texts(shape.value), NOT_NULL])}]"
        inside = self.of(shape.value) if shape.value.type_name == "structure" else None

        def check_entries(value: Any, path: str, problems: list[str]) -> None:
            if not all(_holds(keys, shape.key, key) for key in value):
                problems.append(_problem(shape, value, path, of_keys))
            if not all(_holds(values, shape.value, item) for item in value.values()):
                problems.append(_problem(shape, value, path, of_values))
            for key, item in value.items() if inside is not None else ():
                if item is not None and inside is not None:
                    inside(item, f"{path}.{key}.member", problems)

        return check_entries


def _own(shape: Shape) -> Check | None:
    """The check of a value by its own rules: each that does not hold is a problem of its own."""
    rules = rules_of(shape)
    if not rules:
        return None

    def check_own(value: Any, path: str, problems: list[str]) -> None:
        problems.extend(_problem(shape, value, path, rule.text) for rule in rules if not rule.holds(value))

    return check_own


def _each_structure(shape: Shape, inside: Check | None) -> Check:
    def check_each(value: Any, path: str, problems: list[str]) -> None:
        if any(item is None for item in value):
            problems.append(_problem(shape, value, path, f"Member must satisfy constraint: [{NOT_NULL}]"))
        for number, item in enumerate(value, start=1):
            if item is not None and inside is not None:
                inside(item, f"{path}.{number}.member", problems)

    return check_each


def _in_turn(first: Check | None, second: Check | None) -> Check | None:
    if first is None or second is None:
        return first or second

    def check_both(value: Any, path: str, problems: list[str]) -> None:
        first(value, path, problems)
        second(value, path, problems)

    return check_both


def _texts(shape: Shape) -> list[str]:
    """What is told of an element: the constraints of its own, then those of its elements, in AWS's order."""
    texts = [rule.text for rule in sorted(rules_of(shape), key=lambda rule: rule.place)]
    if shape.type_name == "list" and shape.member.type_name != "structure":
        texts.append(f"Member must satisfy constraint: [{', '.join([*_texts(shape.member), NOT_NULL])}]")
    return texts


def _holds(rules: tuple[Rule, ...], shape: Shape, value: Any) -> bool:
    """Whether an element is there and obeys its rules, and its own elements theirs."""
    if value is None or not all(rule.holds(value) for rule in rules):
        return False
    if shape.type_name == "list" and shape.member.type_name != "structure":
        inner = rules_of(shape.member)
        return all(_holds(inner, shape.member, item) for item in value)
    return True
