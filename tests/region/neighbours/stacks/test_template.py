"""Templates: what is read, what their functions give, what is refused and how."""

from typing import Any

import pytest

from tutor.errors import ServiceError
from tutor.region.neighbours.stacks.graph import dependencies, ordered
from tutor.region.neighbours.stacks.intrinsic import Known, resolved
from tutor.region.neighbours.stacks.parameters import values_of
from tutor.region.neighbours.stacks.template import parsed

KNOWN = Known(
    values={"AWS::Region": "us-east-1", "Name": "n", "Several": ["a", "b"]},
    mappings={"M": {"dev": {"Size": 128}}},
    conditions={"Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Not": [{"Condition": "Yes"}]}},
    physical=lambda name: {"Q": "url"}.get(name),
    attribute=lambda name, wanted: {("Q", "Arn"): "arn:q"}.get((name, wanted)),
    imported=lambda name: f"imported {name}",
)


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ("!Ref Q", "url"),
        ("!GetAtt Q.Arn", "arn:q"),
        ("!GetAtt [Q, Arn]", "arn:q"),
        ("!Sub '${Name}-${Q.Arn}-${!Literal}'", "n-arn:q-${Literal}"),
        ("!Sub ['${A}-${Name}', {A: !Ref Q}]", "url-n"),
        ("!Join ['-', [a, !Ref Name]]", "a-n"),
        ("!Join [',', !Ref Several]", "a,b"),
        ("!Select [1, !Split [',', 'x,y']]", "y"),
        ("!If [No, a, b]", "b"),
        ("[1, !If [No, a, !Ref AWS::NoValue]]", [1]),
        ("{a: !If [No, a, !Ref AWS::NoValue]}", {}),
        ("!FindInMap [M, dev, Size]", 128),
        ("!Base64 hi", "aGk="),
        ("!ImportValue x", "imported x"),
        ("!GetAZs ''", ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("{Version: 2012-10-17}", {"Version": "2012-10-17"}),
    ],
)
def test_functions(given: str, result: Any) -> None:
    """A short form gives what AWS's function gives."""
    template = parsed(f"Resources:\n  R:\n    Type: T\n    Properties:\n      P: {given}\n")
    assert resolved(template.resources["R"]["Properties"], KNOWN) == {"P": result}


def test_json_with_a_comma_too_many() -> None:
    """It is taken, as the service takes it."""
    assert parsed('{"Resources": {"R": {"Type": "T", "Properties": {"P": [1, 2,]},},}}').resources["R"]["Type"] == "T"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "JSON not well-formed"),
        ("a: [", "YAML not well-formed"),
        ("just text", "unsupported structure"),
        ("Resources: {}", "At least one Resources member"),
        ("Resource: {R: {Type: T}}", "Invalid template property or properties [Resource]"),
        ("Resources: {R: {}}", "Every Resources object must contain a Type member"),
        ("Resources: {R: {Type: T, Propertys: {}}}", "Invalid template resource property 'Propertys'"),
    ],
)
def test_what_is_no_template(text: str, message: str) -> None:
    """CloudFormation's ValidationError says what is wrong."""
    with pytest.raises(ServiceError) as refusal:
        parsed(text)
    assert refusal.value.code == "ValidationError"
    assert message in refusal.value.message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("!Ref Nobody", "Unresolved resource dependencies [Nobody]"),
        ("!GetAtt Nobody.Arn", "references undefined resource Nobody"),
        ("!Sub '${B}'", "Circular dependency between resources: [A, B]"),
    ],
)
def test_references(given: str, message: str) -> None:
    """What refers to nothing, or in a circle, is refused before anything is made."""
    template = parsed(f"Resources:\n  A: {{Type: T, Properties: {{P: {given}}}}}\n  B: {{Type: T, DependsOn: A}}\n")
    with pytest.raises(ServiceError) as refusal:
        ordered(dependencies(template, ["A", "B"]))
    assert message in refusal.value.message


def test_the_order() -> None:
    """What is needed comes first, else the template's order stays."""
    template = parsed("Resources:\n  A: {Type: T, Properties: {P: !Sub '${C.Arn}'}}\n  B: {Type: T}\n  C: {Type: T}\n")
    assert ordered(dependencies(template, ["A", "B", "C"])) == ["B", "C", "A"]


@pytest.mark.parametrize(
    ("about", "given", "message"),
    [
        ("{Type: String}", {}, "Parameters: [P] must have values"),
        ("{Type: String}", {"P": "a", "X": "b"}, "Parameters: [X] do not exist in the template"),
        ("{Type: String, AllowedValues: [a]}", {"P": "b"}, "Parameter 'P' must be one of AllowedValues"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", {"P": "1"}, "Parameter 'P' must match pattern [a-z]+"),
        ("{Type: String, MinLength: 2, ConstraintDescription: two}", {"P": "1"}, "failed to satisfy constraint: two"),
        ("{Type: Number}", {"P": "x"}, "Parameter 'P' must be a number."),
        ("{Type: Number, MaxValue: 3}", {"P": "4"}, "must be a number not greater than 3"),
    ],
)
def test_parameters(about: str, given: dict[str, str], message: str) -> None:
    """A parameter that does not do is refused with AWS's sentence."""
    template = parsed(f"Parameters: {{P: {about}}}\nResources: {{R: {{Type: T}}}}\n")
    with pytest.raises(ServiceError) as refusal:
        values_of(template, given, str)
    assert message in refusal.value.message
