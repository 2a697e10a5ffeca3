"""A stack being made, changed or taken away: its resources one after the other, and back again when one fails."""

import logging
import string
from collections.abc import Callable, Mapping
from typing import Any

from tutor.region.call import Caller
from tutor.region.neighbours.house import House
from tutor.region.neighbours.moto_clock import SHIMS, chance, now
from tutor.region.neighbours.stacks.acting import Acting
from tutor.region.neighbours.stacks.custom import Custom
from tutor.region.neighbours.stacks.failure import FAILURES, told
from tutor.region.neighbours.stacks.graph import backwards, dependencies, ordered
from tutor.region.neighbours.stacks.intrinsic import resolved
from tutor.region.neighbours.stacks.kind import Made
from tutor.region.neighbours.stacks.kinds import kind_of
from tutor.region.neighbours.stacks.knowledge import active, knowledge
from tutor.region.neighbours.stacks.stack import keep
from tutor.region.neighbours.stacks.template import Template, parsed

_log = logging.getLogger(__name__)
Resource = dict[str, Any]
STACK = "AWS::CloudFormation::Stack"


class Deployment(Acting):
    """Does what a stack's document says is to be done, in a thread of a scene; may be taken up again."""

    def __init__(self, house: House, stack: dict[str, Any], caller: Caller) -> None:
        super().__init__(house, stack["region"], caller)
        self.stack_id = str(stack["id"])
        self.logical_id = self.type_name = ""
        self._stack = stack

    def run(self) -> None:
        """Do it. What CloudFormation itself cannot do ends as a failure of the stack."""
        work: Mapping[str, Callable[[], None]] = {
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
        }
        try:
            work[self._stack["operation"]]()
        except FAILURES as error:
            _log.exception("the stack %s", self.stack_id)
            self._status(f"{self._stack['operation'].upper()}_FAILED", told(error))

    def _create(self) -> None:
        failed = self._brought(self._stack["template"], self._stack["parameters"])
        if failed is None:
            self._status("CREATE_COMPLETE")
        elif self._stack.get("on_failure") == "DO_NOTHING":
            self._status("CREATE_FAILED", f"The following resource(s) failed to create: [{failed}]. ")
        else:
            why = f"The following resource(s) failed to create: [{failed}]. Rollback requested by user."
            self._status("ROLLBACK_IN_PROGRESS", why)
            left = self._cleared(dict(self._stack["resources"]))
            self._status("ROLLBACK_FAILED" if left else "ROLLBACK_COMPLETE", left)
            if self._stack.get("on_failure") == "DELETE" and not left:
                self._status("DELETE_COMPLETE")

    def _update(self) -> None:
        failed = self._brought(self._stack["template"], self._stack["parameters"])
        if failed is None:
            self._status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            self._tidied(self._stack["template"], self._stack["parameters"])
            self._status("UPDATE_COMPLETE")
            return
        self._status("UPDATE_ROLLBACK_IN_PROGRESS", f"The following resource(s) failed to update: [{failed}]. ")
        before = self._stack["before"]
        again = self._brought(before["template"], before["parameters"])
        keep(self.house, self._stack, set={**before, "before": None})
        if again is not None:
            self._status("UPDATE_ROLLBACK_FAILED", f"The following resource(s) failed to update: [{again}]. ")
            return
        self._status("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        self._tidied(before["template"], before["parameters"])
        self._status("UPDATE_ROLLBACK_COMPLETE")

    def _delete(self) -> None:
        kept = self._stack.get("retained") or ()
        gone = {name: each for name, each in self._stack["resources"].items() if name not in kept}
        left = self._cleared(gone)
        self._status("DELETE_FAILED" if left else "DELETE_COMPLETE", left)

    def _brought(self, text: str, given: Mapping[str, str]) -> str | None:
        """Have every resource of a template as it says; the name of the one that failed, if one did."""
        template = parsed(text)
        known = knowledge(self.house, self._stack, template, given)
        there = active(template, known)
        needs = dependencies(template, there)
        for name in ordered(needs):
            try:
                properties = resolved(template.resources[name].get("Properties") or {}, known)
            except FAILURES as error:
                self._mark(name, {"type": template.resources[name]["Type"]}, "CREATE_FAILED", told(error), {})
                return name
            if not self._one(name, template, properties, needs[name]):
                return name
        keep(self.house, self._stack, set={"outputs": self._outputs(template, known)})
        return None

    def _outputs(self, template: Template, known: Any) -> list[dict[str, Any]]:
        found = []
        for name, about in template.outputs.items():
            if about.get("Condition") and not known.holds(about["Condition"]):
                continue
            export = about.get("Export", {}).get("Name")
            found.append(
                {
                    "OutputKey": name,
                    "OutputValue": str(resolved(about.get("Value"), known)),
                    **({"Description": about["Description"]} if about.get("Description") else {}),
                    **({"ExportName": str(resolved(export, known))} if export else {}),
                }
            )
        return found

    def _one(self, name: str, template: Template, properties: dict[str, Any], needs: list[str]) -> bool:
        """Have one resource as it should be; whether that was so."""
        about = template.resources[name]
        current: Resource = dict(self._stack["resources"].get(name) or {})
        there = bool(current.get("physical")) and current.get("status") != "CREATE_IN_PROGRESS"
        told_of = {
            "type": about["Type"],
            "depends": needs,
            "policy": about.get("DeletionPolicy"),
            "replace_policy": about.get("UpdateReplacePolicy"),
        }
        if not there:
            return self._made(name, {**current, **told_of, "properties": properties}, "CREATE")
        if current["type"] != about["Type"] or kind_of(about["Type"]).replaces(current["properties"], properties):
            old = {each: current[each] for each in ("type", "physical", "known", "replace_policy") if each in current}
            resource = {**told_of, "properties": properties, "old": [*current.get("old", ()), old]}
            return self._made(name, resource, "UPDATE")
        if current["properties"] == properties and not current["status"].endswith("FAILED"):
            return True
        return self._changed(name, {**current, **told_of}, properties)

    def _made(self, name: str, resource: Resource, what: str) -> bool:
        kind = kind_of(resource["type"])
        if "named" not in resource:
            resource["named"] = self._named(name, kind, resource["properties"])
        self._mark(name, resource, f"{what}_IN_PROGRESS", None, resource["properties"])
        try:
            made = kind.made(self._about(name, resource), {**resource["named"], **resource["properties"]})
        except FAILURES as error:
            self._mark(name, resource, f"{what}_FAILED", told(error), resource["properties"])
            return False
        self._mark(name, self._settled(name, made), f"{what}_COMPLETE", None, resource["properties"])
        return True

    def _changed(self, name: str, resource: Resource, properties: dict[str, Any]) -> bool:
        kind = kind_of(resource["type"])
        self._mark(name, resource, "UPDATE_IN_PROGRESS", None, properties)
        made, named = Made(resource["physical"], resource["known"]), resource.get("named") or {}
        before = {**named, **resource["properties"]}
        try:
            after = kind.changed(self._about(name, resource), made, before, {**named, **properties})
        except FAILURES as error:
            self._mark(name, {**resource, "properties": properties}, "UPDATE_FAILED", told(error), properties)
            return False
        done = {**self._settled(name, after), "properties": properties}
        if after.physical != made.physical and isinstance(kind, Custom):
            old = {"type": resource["type"], "physical": made.physical, "known": dict(made.known)}
            done["old"] = [*resource.get("old", ()), old]
        self._mark(name, done, "UPDATE_COMPLETE", None, properties)
        return True

    def _settled(self, name: str, made: Made) -> Resource:
        """A resource's document with what it has become; nothing is asked of its function any more."""
        document = dict(self._stack["resources"][name])
        document.pop("asked", None)
        return {**document, "physical": made.physical, "known": plain(made.known)}

    def _named(self, name: str, kind: Any, properties: Mapping[str, Any]) -> dict[str, str]:
        """The name that is made up for a resource that has none."""
        wanted = getattr(kind, "name", "")
        if not wanted or wanted in properties:
            return {}
        end = "".join(chance().choice(string.ascii_letters + string.digits) for _ in range(12))
        room = kind.longest - len(end) - 2 - len(name)
        made = f"{self._stack['name'][: max(1, room)]}-{name}"[: kind.longest - 13] + f"-{end}"
        return {wanted: made.lower() if kind.lower else made}

    def _tidied(self, text: str, given: Mapping[str, str]) -> None:
        """Take away what was replaced, and what the template no longer has. A failure is told and left behind."""
        template = parsed(text)
        there = active(template, knowledge(self.house, self._stack, template, given))
        for name, resource in list(self._stack["resources"].items()):
            for old in resource.get("old", ()):
                if old.get("replace_policy") != "Retain":
                    self._removed(name, old, silent=True)
            if resource.get("old"):
                keep(self.house, self._stack, resources={name: {**resource, "old": []}})
        self._cleared({name: each for name, each in self._stack["resources"].items() if name not in there})

    def _cleared(self, resources: Mapping[str, Resource]) -> str | None:
        """Take these away, each before those that it needs; the names of those that stayed, in a sentence."""
        left: list[str] = []
        for name in backwards(resources):
            needed = any(name in resources[each]["depends"] for each in left)
            if needed or not self._gone(name, dict(resources[name])):
                left.append(name)
        left = [name for name in left if self._failed(name)]
        return f"The following resource(s) failed to delete: [{', '.join(left)}]. " if left else None

    def _failed(self, name: str) -> bool:
        return bool(self._stack["resources"][name]["status"].endswith("FAILED"))

    def _gone(self, name: str, resource: Resource) -> bool:
        for old in resource.get("old", ()):
            self._removed(name, old, silent=True)
        if resource.get("physical") and resource.get("policy") not in ("Retain", "RetainExceptOnCreate"):
            if not self._removed(name, resource, silent=False):
                return False
        elif resource.get("physical"):
            self._mark(name, resource, "DELETE_SKIPPED", None, {})
        keep(self.house, self._stack, resources={name: None})
        return True

    def _removed(self, name: str, resource: Resource, *, silent: bool) -> bool:
        if not silent:
            self._mark(name, resource, "DELETE_IN_PROGRESS", None, {})
        try:
            kind_of(resource["type"]).removed(
                self._about(name, resource), Made(resource["physical"], resource["known"])
            )
        except FAILURES as error:
            if not silent:
                self._mark(name, resource, "DELETE_FAILED", told(error), {})
            return False
        if not silent:
            self._mark(name, resource, "DELETE_COMPLETE", None, {})
        return True

    def _about(self, name: str, resource: Resource) -> "Deployment":
        self.logical_id, self.type_name = name, resource["type"]
        return self

    def placed(self, request: str) -> tuple[str, bool]:
        """The id by which a custom resource's function is asked; the same where it has been asked already."""
        resource = dict(self._stack["resources"].get(self.logical_id) or {})
        asked = resource.get("asked")
        if asked and asked[0] == request:
            return str(asked[1]), True
        made = str(SHIMS["uuid"].uuid4())
        if resource:
            keep(self.house, self._stack, resources={self.logical_id: {**resource, "asked": [request, made]}})
        return made, False

    def _mark(self, name: str, resource: Resource, status: str, reason: str | None, properties: Any) -> None:
        """Keep how a resource stands, and the event that tells it."""
        document = {"depends": [], **resource, "status": status, "reason": reason, "at": now()}
        event = self._event(name, str(resource.get("physical") or ""), str(resource.get("type")), status, reason)
        event["properties"] = plain(properties)
        keep(self.house, self._stack, resources={name: plain(document)}, events=[event])

    def _status(self, status: str, reason: str | None = None) -> None:
        event = self._event(self._stack["name"], self.stack_id, STACK, status, reason)
        ended = {"deleted": now()} if status == "DELETE_COMPLETE" else {}
        keep(self.house, self._stack, set={"status": status, "reason": reason, **ended}, events=[event])

    def _event(self, name: str, physical: str, type_name: str, status: str, reason: str | None) -> dict[str, Any]:
        identity = f"{name}-{status}-{SHIMS['uuid'].uuid4()}" if type_name != STACK else str(SHIMS["uuid"].uuid4())
        return {
            "id": identity,
            "logical": name,
            "physical": physical,
            "type": type_name,
            "status": status,
            "reason": reason,
            "at": now(),
        }


def plain(value: Any) -> Any:
    """A value as the journal keeps it: no bytes, and times as texts."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items() if not isinstance(each, bytes)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
