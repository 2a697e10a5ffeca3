"""A template's parameters: what was given, what stands by default, and what CloudFormation refuses."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.region.neighbours.stacks.template import Template, invalid

Given = Mapping[str, str]


def values_of(template: Template, given: Given, parameter: Callable[[str], str]) -> dict[str, Any]:
    """The values by name, lists as lists. ``parameter`` gives the value of an SSM parameter.

    Raises CloudFormation's ValidationError.
    """
    unknown = [name for name in given if name not in template.parameters]
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, about in template.parameters.items() if name not in given and "Default" not in about]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    return {
        name: _value(name, about, _text(given.get(name, about.get("Default"))), parameter)
        for name, about in template.parameters.items()
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _value(name: str, about: Mapping[str, Any], text: str, parameter: Callable[[str], str]) -> Any:
    kind = str(about.get("Type", "String"))
    if kind.startswith("AWS::SSM::Parameter::Value"):
        text = parameter(text)
        return text.split(",") if "List<" in kind[len("AWS::SSM::Parameter::Value") :] else text
    _check(name, about, text)
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [each.strip() for each in text.split(",")] if text else []
    if kind == "Number" and not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        raise invalid(f"Parameter '{name}' must be a number.")
    return text


def _check(name: str, about: Mapping[str, Any], text: str) -> None:
    allowed: Sequence[Any] | None = about.get("AllowedValues")
    pattern, said = about.get("AllowedPattern"), about.get("ConstraintDescription")
    why = None
    if allowed is not None and text not in [_text(each) for each in allowed]:
        why = f"Parameter '{name}' must be one of AllowedValues"
    elif pattern is not None and not re.fullmatch(str(pattern), text):
        why = f"Parameter '{name}' must match pattern {pattern}"
    elif "MinLength" in about and len(text) < int(about["MinLength"]):
        why = f"Parameter '{name}' must contain at least {about['MinLength']} characters"
    elif "MaxLength" in about and len(text) > int(about["MaxLength"]):
        why = f"Parameter '{name}' must contain at most {about['MaxLength']} characters"
    elif "MinValue" in about and _number(text) < float(about["MinValue"]):
        why = f"Parameter '{name}' must be a number not less than {about['MinValue']}"
    elif "MaxValue" in about and _number(text) > float(about["MaxValue"]):
        why = f"Parameter '{name}' must be a number not greater than {about['MaxValue']}"
    if why is not None:
        raise invalid(f"Parameter {name} failed to satisfy constraint: {said}" if said else why)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
