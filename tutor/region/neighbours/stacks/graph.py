"""In which order resources are made: what another refers to comes first."""

from collections.abc import Iterable, Mapping
from typing import Any

from tutor.region.neighbours.stacks.intrinsic import references
from tutor.region.neighbours.stacks.template import Template, invalid


def dependencies(template: Template, names: Iterable[str]) -> dict[str, list[str]]:
    """For each of these resources those of them that it needs. Raises ValidationError for what is not there."""
    there = list(names)
    return {name: _needed(name, template, there) for name in there}


def _needed(name: str, template: Template, there: list[str]) -> list[str]:
    resource = template.resources[name]
    given = resource.get("DependsOn") or []
    said = given if isinstance(given, list) else [given]
    for each in said:
        if each not in template.resources:
            _unresolved(str(each))
    found = dict.fromkeys(str(each) for each in said)
    for reference, must in references(resource.get("Properties") or {}):
        if reference in template.resources:
            found[reference] = None
        elif must:
            raise invalid(f"Template error: instance of Fn::GetAtt references undefined resource {reference}")
        elif reference not in template.parameters and not reference.startswith("AWS::"):
            _unresolved(reference)
    return [each for each in found if each in there and each != name]


def _unresolved(name: str) -> None:
    raise invalid(
        f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
    )


def ordered(needs: Mapping[str, list[str]]) -> list[str]:
    """The names, each after those that it needs, else in the order given. Raises ValidationError for a circle."""
    done: list[str] = []
    rest = dict(needs)
    while rest:
        ready = [name for name, needed in rest.items() if not any(each in rest for each in needed)]
        if not ready:
            raise invalid(f"Circular dependency between resources: [{', '.join(rest)}]")
        done += ready[:1]
        del rest[ready[0]]
    return done


def backwards(resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The names of resources that are there, each before those that it needs."""
    there = {name: [each for each in about["depends"] if each in resources] for name, about in resources.items()}
    return list(reversed(ordered(there)))
