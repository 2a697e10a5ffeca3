"""A template, read from its YAML or JSON as data: the short forms of the functions come out as their long ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tutor.errors import ServiceError

_SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Rules",
        "Mappings",
        "Conditions",
        "Transform",
        "Resources",
        "Outputs",
        "Hooks",
    }
)
_RESOURCE = frozenset(
    {
        "Type",
        "Properties",
        "DependsOn",
        "Condition",
        "Metadata",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "CreationPolicy",
        "UpdatePolicy",
        "Version",
    }
)
Section = Mapping[str, Any]


def invalid(message: str) -> ServiceError:
    """CloudFormation's refusal of what it was given."""
    return ServiceError("ValidationError", message)


@dataclass(frozen=True)
class Template:
    """A template's sections, each a mapping; ``text`` is how it came."""

    text: str
    description: str
    parameters: Section
    mappings: Section
    conditions: Section
    resources: Section
    outputs: Section
    transform: Any = None


def parsed(text: str) -> Template:
    """The template. Raises CloudFormation's ValidationError with its text."""
    whole = _loaded(text)
    if not isinstance(whole, dict):
        raise invalid("Template format error: unsupported structure.")
    unknown = [str(name) for name in whole if name not in _SECTIONS]
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    for name in ("Parameters", "Mappings", "Conditions", "Resources", "Outputs"):
        if not isinstance(whole.get(name) or {}, dict):
            raise invalid(f"Template format error: {name} must be an object.")
    resources = whole.get("Resources")
    if not resources:
        raise invalid("Template format error: At least one Resources member must be defined.")
    for name, resource in resources.items():
        _check_resource(str(name), resource)
    return Template(
        text=text,
        description=str(whole.get("Description") or ""),
        parameters=whole.get("Parameters") or {},
        mappings=whole.get("Mappings") or {},
        conditions=whole.get("Conditions") or {},
        resources=resources,
        outputs=whole.get("Outputs") or {},
        transform=whole.get("Transform"),
    )


def _check_resource(name: str, resource: Any) -> None:
    if not name.isalnum():
        raise invalid(f"Template format error: Resource name {name} is non alphanumeric.")
    if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
        raise invalid(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.")
    unknown = [str(member) for member in resource if member not in _RESOURCE]
    if unknown:
        raise invalid(f"Invalid template resource property '{unknown[0]}'")
    if not isinstance(resource.get("Properties") or {}, dict):
        raise invalid(f"Template format error: [/Resources/{name}/Properties] must be an object.")


def _loaded(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError as error:
            place = f"(line {getattr(error, 'lineno', 1)}, column {getattr(error, 'colno', 1)})"
            refusal = invalid(f"Template format error: JSON not well-formed. {place}")
        try:
            return _plain(_yaml(text))  # a comma at a list's end, say: YAML takes it, and so does the service
        except ServiceError:
            raise refusal from None
    return _plain(_yaml(text))


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    class Constructor(SafeConstructor):
        """Makes plain values alone, and of a short form the function that it stands for."""

    Constructor.add_multi_constructor("!", _short_form)
    reader = YAML(typ="safe", pure=True)
    reader.Constructor = Constructor
    try:
        return reader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"(line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise invalid(f"Template format error: YAML not well-formed. {place}".strip()) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise invalid("Template format error: YAML not well-formed.") from error


def _short_form(constructor: Any, suffix: str, node: Any) -> Any:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    if isinstance(node, SequenceNode):
        value: Any = constructor.construct_sequence(node, deep=True)
    elif isinstance(node, MappingNode):
        value = constructor.construct_mapping(node, deep=True)
    else:
        value = constructor.construct_scalar(node)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


def _plain(value: Any) -> Any:
    """YAML's dates as the texts that they were: a policy's version is none."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
