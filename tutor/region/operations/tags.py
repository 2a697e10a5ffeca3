"""TagResource, UntagResource, ListTags: on functions, event source mappings and code signing configurations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.awslambda import tag
from tutor.awslambda.names import function_name
from tutor.awslambda.quotas import Quotas
from tutor.region.call import ACCOUNT, Call
from tutor.region.catalogue import not_found
from tutor.region.operations.moment import revision
from tutor.region.operations.reference import place
from tutor.region.operations.refusal import invalid, missing, unauthorized
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


@dataclass(frozen=True)
class _Tagged:
    """A resource with its tags, and where its document is kept."""

    kind: str
    key: str
    document: Document

    def keep(self, region: "Region", tags: Mapping[str, str]) -> None:
        """Replace its tags. A function's revision changes with them."""
        document = {**self.document, "tags": dict(tags)}
        if self.kind == "function":
            document["latest"] = {**document["latest"], "RevisionId": revision()}
        region.state.put(self.kind, self.key, document)


def check_tags(existing: Mapping[str, str], added: Mapping[str, str], quotas: Quotas) -> dict[str, str]:
    """The tags after adding some. Refuses more than a resource may have, and keys that AWS keeps for itself."""
    if any(key.lower().startswith("aws:") for key in added):
        raise invalid("Tag keys that begin with aws: are reserved for AWS.")
    return tag.check_tags(existing, added, quotas)


def tag_resource(region: "Region", call: Call) -> Mapping[str, Any]:
    """Add tags, or replace values."""
    with region.state.transaction():
        found = _tagged(region, call)
        tag.check_tag_request(call.parameters["Tags"])
        found.keep(region, check_tags(_tags(found), call.parameters["Tags"], region.quotas))
    return {}


def untag_resource(region: "Region", call: Call) -> Mapping[str, Any]:
    """Take tags away; a key that is not there is harmless."""
    with region.state.transaction():
        found = _tagged(region, call)
        gone = call.parameters["TagKeys"]
        found.keep(region, {key: value for key, value in _tags(found).items() if key not in gone})
    return {}


def list_tags(region: "Region", call: Call) -> Mapping[str, Any]:
    """All tags of a resource."""
    return {"Tags": _tags(_tagged(region, call))}


def _tags(found: _Tagged) -> dict[str, str]:
    return dict(found.document.get("tags") or {})


def _tagged(region: "Region", call: Call) -> _Tagged:
    """The resource of an ARN. Raises ``ServiceError``: not there, elsewhere, a version, a kind without tags."""
    arn: str = call.parameters["Resource"]
    _, _, _, aws_region, account, kind, name = arn.split(":", 6)
    if account != ACCOUNT:
        raise unauthorized(call.caller, f"lambda:{call.operation}", arn)
    if kind == "function":
        return _function(region, call, arn)
    stored, what = _OTHERS.get(kind, ("", ""))
    if not stored:
        raise missing(f"{kind.replace('-', ' ').capitalize()} not found: {arn}")
    key = f"{call.aws_region}/{name}"
    document = region.state.get(stored, key) if aws_region == call.aws_region else None
    if document is None:
        raise missing(what.format(arn=arn))
    return _Tagged(stored, key, document)


def _function(region: "Region", call: Call, arn: str) -> _Tagged:
    tag.check_taggable(arn)
    name = function_name(arn, place(call))
    document = region.catalogue.function(call.aws_region, name.name)
    if document is None:
        raise not_found(call.aws_region, name.name)
    return _Tagged("function", f"{call.aws_region}/{name.name}", document)


_OTHERS = {
    "event-source-mapping": ("mapping", "Event source mapping not found: {arn}"),
    "code-signing-config": ("code-signing", "The Lambda code signing configuration {arn} can not be found."),
}

OPERATIONS: Mapping[str, "Operation"] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTags": list_tags,
}
