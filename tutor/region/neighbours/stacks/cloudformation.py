"""CloudFormation's API: what is asked of stacks, and what is told of them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tutor.errors import ServiceError
from tutor.region.api.message import HttpResponse
from tutor.region.call import ACCOUNT, Caller
from tutor.region.neighbours import identity
from tutor.region.neighbours.asked import Asked
from tutor.region.neighbours.house import House, scene
from tutor.region.neighbours.moto_clock import SHIMS, Thread, now
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.refusal import refused
from tutor.region.neighbours.stacks import change_set, description
from tutor.region.neighbours.stacks.deployment import STACK, Deployment
from tutor.region.neighbours.stacks.graph import dependencies, ordered
from tutor.region.neighbours.stacks.kinds import kind_of
from tutor.region.neighbours.stacks.knowledge import active, knowledge
from tutor.region.neighbours.stacks.stack import every_stack, keep, stacks
from tutor.region.neighbours.stacks.template import Template, invalid, parsed

Given = Mapping[str, Any]
_PATIENCE = 5.0
"""Seconds of real time that an answer waits for its stack: most are ready by then, and a waiter asks only once."""
_IAM = ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::Group")
_NAMES = ("RoleName", "ManagedPolicyName", "UserName", "GroupName")


class CloudFormation:
    """The service in one house. Its stacks are made in threads of the region's scene."""

    def __init__(self, house: House) -> None:
        self.house = house

    def answer(self, wish: Asked, caller: Caller) -> HttpResponse:
        """Answer one request whose caller may ask it."""
        operation = _OPERATIONS.get(wish.operation)
        if operation is None:
            text = f"{wish.operation} is not in this region yet."
            return refused(wish.protocol, "NotImplemented", text, 501)
        try:
            told = operation(self, wish, caller)
        except ServiceError as error:
            return refused(wish.protocol, error.code, error.message)
        return _response(wish, told)

    def resume(self) -> None:
        """Go on with the stacks that were being made when the region ended."""
        with self.house.inside():
            left = [stack for stack in every_stack() if str(stack["status"]).endswith("IN_PROGRESS")]
        for stack in left:
            self._run(stack, Caller(**stack["caller"]))

    def _run(self, stack: dict[str, Any], caller: Caller) -> None:
        """Have what the document says done, and wait a little for it."""
        with self.house.inside():
            acting = (
                identity.open_session(stack["role"], "AWSCloudFormation", stack["region"]).caller
                if stack.get("role")
                else caller
            )
            done = threading.Event()
            thread = Thread(target=_run_and_tell, args=(Deployment(self.house, stack, acting), done), daemon=True)
        thread.start()
        if scene() is None and not self.house.clock.paused:
            done.wait(_PATIENCE)

    def change_set_of(self, wish: Asked) -> Given:
        """The change set that a request names."""
        return change_set.found(self, wish)[1]

    def names(self, wish: Asked) -> list[str]:
        """The ARNs of all stacks of the region."""
        with self.house.inside():
            return list(stacks(wish.aws_region))

    def found(self, wish: Asked, name: Any) -> dict[str, Any]:
        """The stack of this name or ARN. A deleted one is known by its ARN alone. Raises ValidationError."""
        with self.house.inside():
            there = stacks(wish.aws_region)
            if name in there:
                return there[name]
            alive = (each for each in there.values() if each["status"] != "DELETE_COMPLETE")
            stack = next((each for each in alive if each["name"] == name), None)
        if stack is None:
            raise invalid(f"Stack with id {name} does not exist")
        return stack

    def create(self, wish: Asked, caller: Caller) -> Given:
        """CreateStack."""
        asked = wish.parameters
        stack = self._begun(wish, caller, "CREATE_IN_PROGRESS")
        failing = "DO_NOTHING" if asked.get("DisableRollback") else asked.get("OnFailure", "ROLLBACK")
        keep(self.house, stack, set={"operation": "create", "on_failure": failing})
        self._run(stack, caller)
        return {"StackId": stack["id"]}

    def begin_for_changes(self, wish: Asked, caller: Caller) -> dict[str, Any]:
        """A stack that is nothing yet, for a change set that will make it."""
        return self._begun(wish, caller, "REVIEW_IN_PROGRESS")

    def _begun(self, wish: Asked, caller: Caller, status: str) -> dict[str, Any]:
        asked, name = wish.parameters, str(wish.parameters["StackName"])
        if not name.replace("-", "").isalnum() or not name[:1].isalpha() or len(name) > 128:
            raise invalid(
                f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
            )
        with self.house.inside():
            if any(
                each["name"] == name and each["status"] != "DELETE_COMPLETE"
                for each in stacks(wish.aws_region).values()
            ):
                raise ServiceError("AlreadyExistsException", f"Stack [{name}] already exists")
            number = SHIMS["uuid"].uuid1()
        stack = {
            "id": f"arn:aws:cloudformation:{wish.aws_region}:{ACCOUNT}:stack/{name}/{number}",
            "region": wish.aws_region,
            "name": name,
            "resources": {},
        }
        template = self.template(wish, None)
        given = _parameters(asked, None)
        self.check(stack, template, given, asked.get("Capabilities") or ())
        with self.house.inside():
            moment = now()
        about = {
            "name": name,
            "created": moment,
            "status": status,
            "reason": "User Initiated",
            "template": template.text,
            "parameters": given,
            "description": template.description,
            "capabilities": asked.get("Capabilities") or [],
            "tags": asked.get("Tags") or [],
            "role": asked.get("RoleARN"),
            "notification_arns": asked.get("NotificationARNs") or [],
            "protected": bool(asked.get("EnableTerminationProtection")),
            "caller": asdict(caller),
        }
        keep(self.house, stack, set=about, events=[self._begins(stack, status, moment)])
        return self.found(wish, stack["id"])

    def _begins(self, stack: Given, status: str, moment: float) -> dict[str, Any]:
        with self.house.inside():
            identity_ = str(SHIMS["uuid"].uuid4())
        return {
            "id": identity_,
            "logical": stack["name"],
            "physical": stack["id"],
            "type": STACK,
            "status": status,
            "reason": "User Initiated",
            "at": moment,
        }

    def update(self, wish: Asked, caller: Caller) -> Given:
        """UpdateStack."""
        asked = wish.parameters
        stack = self._to_update(wish)
        template, given = self.template(wish, stack), _parameters(asked, stack)
        self.check(stack, template, given, asked.get("Capabilities") or ())
        tags = asked.get("Tags", stack["tags"])
        if not self.changes(stack, template, given) and tags == stack["tags"]:
            raise invalid("No updates are to be performed.")
        self.begin_update(stack, caller, template, given, {"tags": tags, "role": asked.get("RoleARN") or stack["role"]})
        return {"StackId": stack["id"]}

    def begin_update(
        self, stack: dict[str, Any], caller: Caller, template: Template, given: Mapping[str, str], more: Given
    ) -> None:
        """Have a stack become what a template says."""
        with self.house.inside():
            moment = now()
        about = {
            "before": {"template": stack["template"], "parameters": stack["parameters"]},
            "template": template.text,
            "parameters": dict(given),
            "description": template.description,
            "operation": "update",
            "status": "UPDATE_IN_PROGRESS",
            "reason": "User Initiated",
            "updated": moment,
            "caller": asdict(caller),
            **more,
        }
        keep(self.house, stack, set=about, events=[self._begins(stack, "UPDATE_IN_PROGRESS", moment)])
        self._run(stack, caller)

    def begin_create(self, stack: dict[str, Any], caller: Caller) -> None:
        """Have a stack that was only looked at be made."""
        with self.house.inside():
            moment = now()
        about = {"operation": "create", "on_failure": "ROLLBACK", "status": "CREATE_IN_PROGRESS"}
        keep(self.house, stack, set=about, events=[self._begins(stack, "CREATE_IN_PROGRESS", moment)])
        self._run(stack, caller)

    def _to_update(self, wish: Asked) -> dict[str, Any]:
        try:
            stack = self.found(wish, wish.parameters["StackName"])
        except ServiceError:
            raise invalid(f"Stack [{wish.parameters['StackName']}] does not exist") from None
        status = stack["status"]
        if status.endswith("IN_PROGRESS") or status in ("ROLLBACK_COMPLETE", "DELETE_COMPLETE", "ROLLBACK_FAILED"):
            raise invalid(f"Stack:{stack['id']} is in {status} state and can not be updated.")
        return stack

    def delete(self, wish: Asked, caller: Caller) -> Given:
        """DeleteStack. A stack that is not there is no error."""
        try:
            stack = self.found(wish, wish.parameters["StackName"])
        except ServiceError:
            return {}
        if stack["status"] == "DELETE_COMPLETE" or stack["status"] == "DELETE_IN_PROGRESS":
            return {}
        if stack.get("protected"):
            raise invalid(f"Stack [{stack['name']}] cannot be deleted while TerminationProtection is enabled")
        self._check_unused(stack)
        with self.house.inside():
            moment = now()
        about = {
            "operation": "delete",
            "status": "DELETE_IN_PROGRESS",
            "reason": "User Initiated",
            "retained": wish.parameters.get("RetainResources") or [],
            "caller": asdict(caller),
        }
        keep(self.house, stack, set=about, events=[self._begins(stack, "DELETE_IN_PROGRESS", moment)])
        self._run(stack, caller)
        return {}

    def _check_unused(self, stack: Given) -> None:
        names = [each["ExportName"] for each in stack.get("outputs") or () if "ExportName" in each]
        for name in names:
            users = [each["name"] for each in description.importing(self.house, stack["region"], name)]
            if users:
                raise invalid(f"Export {name} cannot be deleted as it is in use by {' and '.join(users)}")

    def template(self, wish: Asked, stack: Given | None) -> Template:
        """The template that a request gives: its text, an object of S3's, or the one before."""
        asked = wish.parameters
        if asked.get("TemplateBody"):
            return _supported(parsed(str(asked["TemplateBody"])))
        if asked.get("TemplateURL"):
            return _supported(parsed(description.fetched(self.house, wish.aws_region, str(asked["TemplateURL"]))))
        if stack is not None and asked.get("UsePreviousTemplate"):
            return parsed(str(stack["template"]))
        raise invalid("Either Template URL or Template Body must be specified.")

    def check(
        self, stack: dict[str, Any], template: Template, given: Mapping[str, str], capabilities: Sequence[str]
    ) -> list[str]:
        """Refuse what cannot be made; else the resources in their order."""
        known = knowledge(self.house, stack, template, given)
        there = active(template, known)
        order = ordered(dependencies(template, there))
        needed = _capability(template)
        enough = {needed, "CAPABILITY_NAMED_IAM", *(["CAPABILITY_IAM"] if needed == "CAPABILITY_IAM" else [])}
        if needed and not enough & set(capabilities):
            raise ServiceError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed}]")
        return order

    def changes(self, stack: dict[str, Any], template: Template, given: Mapping[str, str]) -> list[dict[str, Any]]:
        """What an update would do, a line for each resource."""
        return change_set.changes(stack, template, knowledge(self.house, stack, template, given))


def _run_and_tell(deployment: Deployment, done: threading.Event) -> None:
    try:
        deployment.run()
    finally:
        done.set()


def _supported(template: Template) -> Template:
    unknown = sorted({str(each["Type"]) for each in template.resources.values() if kind_of(str(each["Type"])) is None})
    if template.transform is not None:
        raise invalid("Transforms are not in this region yet: write the resources that the transform would make.")
    if unknown:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    return template


def _capability(template: Template) -> str:
    """The capability that a template's resources need, if any."""
    owners = [each for each in template.resources.values() if each["Type"] in _IAM]
    if any(name in (each.get("Properties") or {}) for each in owners for name in _NAMES):
        return "CAPABILITY_NAMED_IAM"
    return "CAPABILITY_IAM" if owners else ""


def _parameters(asked: Given, stack: Given | None) -> dict[str, str]:
    before = stack["parameters"] if stack else {}
    given = {}
    for each in asked.get("Parameters") or ():
        name = str(each["ParameterKey"])
        if each.get("UsePreviousValue"):
            if name in before:
                given[name] = before[name]
        else:
            given[name] = str(each.get("ParameterValue", ""))
    return given


def _response(wish: Asked, told: Given) -> HttpResponse:
    model = moto("core.utils").get_service_model("cloudformation").operation_model(wish.operation)
    serialize = moto("core.serialize")
    context = serialize.SerializationContext(request_id=str(SHIMS["uuid"].uuid4()))
    made = serialize.SERIALIZERS[wish.protocol](model, context=context).serialize(dict(told))
    body = made["body"]
    fields = {**made["headers"], "content-type": "text/xml"}
    data = body.encode() if isinstance(body, str) else bytes(body)
    return HttpResponse(int(made["status_code"]), tuple((str(k).lower(), str(v)) for k, v in fields.items()), data)


Operation = Callable[[CloudFormation, Asked, Caller], Given]
_OPERATIONS: Mapping[str, Operation] = {
    "CreateStack": CloudFormation.create,
    "UpdateStack": CloudFormation.update,
    "DeleteStack": CloudFormation.delete,
    **description.OPERATIONS,
    **change_set.OPERATIONS,
}
