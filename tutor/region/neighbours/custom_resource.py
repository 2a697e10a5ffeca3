"""Custom resources of CloudFormation stacks: the events that their functions get, and what the functions answer.

A function answers by a PUT to ``ResponseURL``, on AWS an address in a bucket of S3's that is presigned. Source:
CloudFormation user guide, "Custom resource request and response objects".
"""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any
from urllib.parse import quote, unquote

from tutor.region.api.message import HttpRequest
from tutor.region.call import ACCOUNT
from tutor.region.neighbours.house import drawer
from tutor.region.neighbours.journal import Record
from tutor.region.neighbours.mending_lambda import exists, push
from tutor.region.neighbours.moto_clock import SHIMS
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.replay import CONCLUSIONS

KIND = "answer of a custom resource"
ENDPOINT = "http://127.0.0.1:9330"
"""Where functions reach the region from their environments."""
_BUCKET = "cloudformation-custom-resource-response-"
_ANSWER = re.compile(rf"/{_BUCKET}([a-z0-9]+)/([^?]+)")
_PLACES = "addresses of custom resources"


def answered(request: HttpRequest) -> Mapping[str, Any] | None:
    """What a custom resource's function says by this request; None for every other request."""
    found = _ANSWER.fullmatch(request.path)
    if found is None or request.method != "PUT":
        return None
    try:
        said = json.loads(request.data())
    except ValueError:
        said = None
    return {"place": unquote(found[2]), "said": said if isinstance(said, dict) else {"Status": "FAILED"}}


def take_up(record: Record) -> None:
    """Let an answer have its effect: a resource that is created, a stack that goes on or back."""
    told = record.conclusion
    resource = drawer(_PLACES).pop(told["place"], None)
    if resource is not None:
        resource.hear(told["said"])


CONCLUSIONS[KIND] = take_up


class CustomResource:
    """A custom resource of a stack, in the place of moto's."""

    region_name: str
    logical_id: str
    resource_name: str
    set_data: Callable[[Mapping[str, Any]], None]
    created = False
    physical = ""
    properties: Mapping[str, Any] = MappingProxyType({})
    stack_id = ""
    kind = ""

    @property
    def physical_resource_id(self) -> str:
        """What the function has called it; before that, a name of the stack's."""
        return self.physical or str(self.resource_name)

    def is_created(self) -> bool:
        """Whether the function has said so."""
        return self.created

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, _: str, region_name: str, **named: Any
    ) -> "CustomResource":
        """Make it: its function is told. Raises moto's error of a stack where there is no such function."""
        made: CustomResource = cls(region_name, "", named["LogicalId"], resource_name)  # type: ignore[call-arg]
        made.stack_id, made.kind = named["StackId"], named["ResourceType"]
        made.properties = cloudformation_json["Properties"]
        if not exists(str(made.properties.get("ServiceToken", "")), region_name):
            raise moto("cloudformation.exceptions").ValidationError(
                message=f"The function of the custom resource {made.logical_id} does not exist."
            )
        _stack(made).add_custom_resource(made)
        made.send("Create")
        return made

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "CustomResource", cloudformation_json: Any, **_: Any
    ) -> "CustomResource":
        """Change it: its function is told what it was and what it is to be."""
        before, original_resource.properties = original_resource.properties, cloudformation_json["Properties"]
        original_resource.send("Update", OldResourceProperties=before)
        return original_resource

    def delete(self, *_: Any) -> None:
        """Tell the function; the stack does not wait for its answer."""
        self.send("Delete")

    def send(self, request: str, **more: Any) -> None:
        """Push an event of this kind to the function."""
        request_id = str(SHIMS["uuid"].uuid4())
        place = f"{self.stack_id}|{self.logical_id}|{request_id}"
        drawer(_PLACES)[place] = self
        event = {
            "RequestType": request,
            "ServiceToken": self.properties["ServiceToken"],
            "ResponseURL": _address(place, self.region_name),
            "StackId": self.stack_id,
            "RequestId": request_id,
            "LogicalResourceId": self.logical_id,
            "ResourceType": self.kind,
            "ResourceProperties": self.properties,
            **({} if request == "Create" else {"PhysicalResourceId": self.physical_resource_id}),
            **more,
        }
        service = "cloudformation.amazonaws.com"
        push(
            str(self.properties["ServiceToken"]),
            event,
            service=service,
            source_arn=self.stack_id,
            aws_region=self.region_name,
        )

    def hear(self, said: Mapping[str, Any]) -> None:
        """The function has answered."""
        stack = _stack(self)
        if stack is None or stack.status.startswith("DELETE"):
            return
        self.physical = str(said.get("PhysicalResourceId") or self.physical)
        if said.get("Status") == "SUCCESS":
            self.created = True
            self.set_data(said.get("Data") or {})
            if stack.status == "CREATE_IN_PROGRESS":
                stack.verify_readiness()
        elif stack.status == "CREATE_IN_PROGRESS":
            told = said.get("Reason")
            reason = f"Received response status [FAILED] from custom resource. Message returned: {told}"
            _roll_back(stack, f"The following resource(s) failed to create: [{self.logical_id}]. {reason}")


def mend_custom(module: ModuleType) -> None:
    """Mend ``moto.cloudformation.custom_model``."""
    old: Any = module.__dict__["CustomModel"]
    ours = type("CustomModel", (CustomResource, old), {"__module__": old.__module__})
    module.__dict__["CustomModel"] = ours


def _stack(resource: Any) -> Any:
    stacks = moto("cloudformation.models").cloudformation_backends[ACCOUNT][resource.region_name].stacks
    return stacks.get(resource.stack_id)


def _roll_back(stack: Any, reason: str) -> None:
    stack._add_stack_event("ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
    stack.resource_map.delete()
    stack._add_stack_event("ROLLBACK_COMPLETE")
    stack.status = "ROLLBACK_COMPLETE"


def _address(place: str, aws_region: str) -> str:
    """An address that needs no signing by the function: its query has all that a signature says."""
    credential = quote(f"AKIAIOSFODNN7EXAMPLE/20000101/{aws_region}/s3/aws4_request", safe="")
    signed = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date=20000101T000000Z"
    bucket = f"{_BUCKET}{aws_region.replace('-', '')}"
    return f"{ENDPOINT}/{bucket}/{quote(place, safe='')}?{signed}&X-Amz-SignedHeaders=host&X-Amz-Signature={0:064}"
