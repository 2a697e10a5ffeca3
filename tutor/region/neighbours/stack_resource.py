"""The resources of stacks that are Lambda's: made, changed and taken away through the region's own API."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from types import ModuleType
from typing import Any

from tutor.region.clock import Clock
from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.wire import as_administrator, in_process_client

Properties = Mapping[str, Any]
_EARLY = (1980, 1, 1, 0, 0, 0)
_MOVING = {"Pending", "Creating", "Enabling", "Disabling", "Updating"}
_ON_ITS_WAY = re.compile("ResourceInUseException|cannot be performed at this time")
_A_MOMENT = 0.5  # ours: seconds of region time until a stack looks again


@dataclass(frozen=True)
class Kind:
    """How one type of resource is made: its operations, and what it is referred to by.

    ``ref`` and ``attributes`` name members of the answer of ``create``; ``key`` the parameters by which it is found
    again, of its properties or its answer. ``updates`` are done one after the other, each with the properties that its
    operation knows.
    """

    create: str
    ref: str
    key: tuple[str, ...]
    updates: tuple[str, ...] = ()
    delete: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "AWS::Lambda::Function": Kind(
        "create_function",
        "FunctionName",
        ("FunctionName",),
        ("update_function_code", "update_function_configuration"),
        "delete_function",
        {"Arn": "FunctionArn"},
    ),
    "AWS::Lambda::Version": Kind(
        "publish_version", "FunctionArn", ("FunctionName",), attributes={"Version": "Version"}
    ),
    "AWS::Lambda::Alias": Kind("create_alias", "AliasArn", ("FunctionName", "Name"), ("update_alias",), "delete_alias"),
    "AWS::Lambda::Permission": Kind(
        "add_permission", "StatementId", ("FunctionName", "StatementId"), delete="remove_permission"
    ),
    "AWS::Lambda::EventSourceMapping": Kind(
        "create_event_source_mapping",
        "UUID",
        ("UUID",),
        ("update_event_source_mapping",),
        "delete_event_source_mapping",
        {"Id": "UUID", "EventSourceMappingArn": "EventSourceMappingArn"},
    ),
    "AWS::Lambda::LayerVersion": Kind(
        "publish_layer_version",
        "LayerVersionArn",
        ("LayerName",),
        delete="delete_layer_version",
        attributes={"LayerVersionArn": "LayerVersionArn"},
    ),
    "AWS::Lambda::Url": Kind(
        "create_function_url_config",
        "FunctionArn",
        ("FunctionName", "Qualifier"),
        ("update_function_url_config",),
        "delete_function_url_config",
        {"FunctionUrl": "FunctionUrl", "FunctionArn": "FunctionArn"},
        {"TargetFunctionArn": "FunctionName"},
    ),
    "AWS::Lambda::EventInvokeConfig": Kind(
        "put_function_event_invoke_config",
        "FunctionArn",
        ("FunctionName", "Qualifier"),
        ("put_function_event_invoke_config",),
        "delete_function_event_invoke_config",
    ),
}


def _parameters(operation: Any, properties: Properties) -> dict[str, Any]:
    """The properties that an operation knows, with the types of its model: templates give numbers as text too."""
    members = operation.input_shape.members
    return {name: _typed(value, members[name]) for name, value in properties.items() if name in members}


def _typed(value: Any, shape: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {name: _typed(each, shape.members[name]) for name, each in value.items() if name in shape.members}
    if shape.type_name == "list" and isinstance(value, list):
        return [_typed(each, shape.member) for each in value]
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {str(name): _typed(each, shape.value) for name, each in value.items()}
    read = _SCALARS.get(shape.type_name)
    return read(value) if read else value


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "integer": lambda value: int(value),
    "long": lambda value: int(value),
    "boolean": lambda value: str(value).lower() == "true",
    "string": str,
}


def _package(source: str) -> bytes:
    """The package of code that stands in a template: one file ``index``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(zipfile.ZipInfo("index.py", _EARLY), source)
        package.writestr(zipfile.ZipInfo("index.js", _EARLY), source)
    return out.getvalue()


def _prepared(properties: Properties, kind: Kind) -> dict[str, Any]:
    named = {kind.given.get(name, name): value for name, value in properties.items()}
    if isinstance(named.get("Code"), Mapping):
        code = dict(named["Code"])
        if "ZipFile" in code:
            code["ZipFile"] = _package(str(code["ZipFile"]))
        named |= {"Code": code, **code}  # UpdateFunctionCode has its members at the top
    if isinstance(named.get("Tags"), list):
        named["Tags"] = {tag["Key"]: tag["Value"] for tag in named["Tags"]}
    return named


def _done(aws_region: str, operation: str, properties: Properties, *, missing: bool = False) -> dict[str, Any]:
    """Do one operation, outside of moto; in a replay, what came of it then. Raises moto's error of a stack.

    With ``missing``, what is not there is no error.
    """
    here = scene()
    assert here is not None
    house = here.house

    def ask() -> dict[str, Any]:
        from botocore.exceptions import ClientError, ParamValidationError

        client = in_process_client("lambda", aws_region, as_administrator(house.send))
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        do = partial(getattr(client, operation), **_parameters(model, properties))
        try:
            answer = _at_rest(client, house.clock, _free(client, house.clock, do))
        except (ClientError, ParamValidationError) as error:
            gone = missing and "ResourceNotFoundException" in str(error)
            return {} if gone else {"error": str(error)}
        answer.pop("ResponseMetadata", None)
        told: dict[str, Any] = json.loads(json.dumps(answer, default=_text))
        return told

    said: dict[str, Any] = here.hear(ask) or {}
    if "error" in said:
        raise moto("cloudformation.exceptions").ValidationError(message=said["error"])
    return said


def _free(client: Any, clock: Clock, do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do it; what is on its way to another state is waited for, as stacks do."""
    while True:
        try:
            return do()
        except (client.exceptions.ResourceInUseException, client.exceptions.ResourceConflictException) as error:
            moves = _ON_ITS_WAY.search(str(error))
            if clock.paused or not moves:
                raise
        clock.sleep(_A_MOMENT)


def _at_rest(client: Any, clock: Clock, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer when what was made has come to rest: a stack is complete when its functions can be invoked."""
    while _moves(answer) and not clock.paused:
        clock.sleep(_A_MOMENT)
        if "UUID" in answer:
            answer = {**answer, **client.get_event_source_mapping(UUID=answer["UUID"])}
        else:
            answer = {**answer, **client.get_function_configuration(FunctionName=answer["FunctionArn"])}
    return answer


def _moves(answer: Properties) -> bool:
    return answer.get("State") in _MOVING or answer.get("LastUpdateStatus") == "InProgress"


def _text(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


class StackResource:
    """A resource of Lambda's in a stack, as moto's stacks use one."""

    name: str
    kind: Kind

    def __init__(self, properties: Properties, answer: Properties, aws_region: str) -> None:
        self.properties, self.answer, self.region_name = properties, answer, aws_region

    @classmethod
    def cloudformation_type(cls) -> str:
        """The type's name."""
        return cls.name

    @staticmethod
    def cloudformation_name_type() -> str:
        """No property: names are given by the resource itself."""
        return ""

    @property
    def physical_resource_id(self) -> str:
        """What ``Ref`` gives."""
        return str(self.answer.get(self.kind.ref) or self.properties.get(self.kind.ref, ""))

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether ``Fn::GetAtt`` gives this attribute."""
        return attr in cls.kind.attributes

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        """What ``Fn::GetAtt`` gives."""
        return self.answer.get(self.kind.attributes.get(attribute_name, ""))

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, _: str, region_name: str, **__: Any
    ) -> "StackResource":
        """Make it."""
        properties = _prepared(cloudformation_json["Properties"], cls.kind)
        own = {"StatementId", "LayerName", *(["FunctionName"] if cls.kind.create == "create_function" else [])}
        properties = {**dict.fromkeys(own, resource_name), **properties}
        return cls(properties, _done(region_name, cls.kind.create, properties), region_name)

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "StackResource", cloudformation_json: Any, **_: Any
    ) -> "StackResource":
        """Change it."""
        was = original_resource
        was.properties = {**was.key(), **_prepared(cloudformation_json["Properties"], cls.kind)}
        for operation in cls.kind.updates:
            was.answer = {**was.answer, **_done(was.region_name, operation, was.properties)}
        return was

    def key(self) -> dict[str, Any]:
        """The parameters by which it is found again."""
        known = {**self.properties, **self.answer}
        found = {each: self.properties.get(each, known[each]) for each in self.kind.key if each in known}
        return found | ({"VersionNumber": self.answer["Version"]} if "LayerVersionArn" in self.answer else {})

    def delete(self, *_: Any) -> None:
        """Take it away; moto's stacks go in any order, so it may be gone with its function."""
        if self.kind.delete:
            _done(self.region_name, self.kind.delete, self.key(), missing=True)


@cache
def stack_resource(name: str) -> Any:
    """The class that moto's stacks use for a type of ``KINDS``."""
    base: Any = moto("core.common_models").CloudFormationModel
    return type("StackResource", (StackResource, base), {"name": name, "kind": KINDS[name], "__module__": "moto.tutor"})


def mend_parsing(module: ModuleType) -> None:
    """Mend ``moto.cloudformation.parsing``: Lambda's types are the region's, and custom resources have two names."""
    given = module.__dict__["resource_class_from_type"]

    def class_of(resource_type: str) -> Any:
        if resource_type == "AWS::CloudFormation::CustomResource":
            return module.__dict__["CustomModel"]
        return stack_resource(resource_type) if resource_type in KINDS else given(resource_type)

    module.__dict__["resource_class_from_type"] = class_of
