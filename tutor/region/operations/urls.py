"""Function URLs: one for ``$LATEST`` and one for each alias, with who may call and what browsers may send."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import function_url
from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.catalogue import Target
from tutor.region.operations import reference
from tutor.region.operations.moment import stamp
from tutor.region.operations.page import page
from tutor.region.state import Document
from tutor.region.triggers.function_urls import KIND, invoke_mode, new_id

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_MEMBERS = ("FunctionUrl", "FunctionArn", "AuthType", "Cors", "CreationTime", "LastModifiedTime", "InvokeMode")
_SETTINGS = ("AuthType", "Cors", "InvokeMode")


def create_function_url_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Give a function or an alias its URL, which listens from now."""
    with region.state.transaction():
        target = _target(region, call)
        if region.state.get(KIND, _key(target)) is not None:
            raise function_url.url_exists(target.arn)
        now = stamp(region.clock)
        made = {
            **_given(call),
            "id": new_id(),
            "FunctionArn": target.arn,
            "CreationTime": now,
            "LastModifiedTime": now,
        }
        region.triggers.function_urls.opened(_key(target), made)
    answer = dict(_as_kept(region.state.get(KIND, _key(target)) or {}))
    del answer["LastModifiedTime"]
    return answer


def update_function_url_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Change what is named, leave the rest."""
    with region.state.transaction():
        target = _target(region, call)
        kept = _kept(region, _key(target))
        changed = {**kept, **_given(call), "LastModifiedTime": stamp(region.clock)}
        region.state.put(KIND, _key(target), changed)
    return _as_kept(changed)


def get_function_url_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """One URL's settings."""
    name = reference.named(call)
    return _answer(_kept(region, _of(call.aws_region, name.name, name.qualifier)))


def delete_function_url_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Take a URL away. What the resource policy says of it stays."""
    name = reference.named(call)
    key = _of(call.aws_region, name.name, name.qualifier)
    with region.state.transaction():
        _kept(region, key)
        region.state.delete(KIND, key)
    region.triggers.function_urls.closed(key)
    return {}


def list_function_url_configs(region: "Region", call: Call) -> Mapping[str, Any]:
    """All URLs of a function: its own and its aliases'."""
    name = reference.plain(call)
    if region.catalogue.function(call.aws_region, name.name) is None:
        raise function_url.function_missing()
    own = _of(call.aws_region, name.name, None)
    documents = [document for key, document in region.state.items(KIND, own) if key == own or key[len(own)] == ":"]
    found, more = page(
        call, [_answer(one) for one in documents], lambda one: one["FunctionArn"], region.quotas.page_size
    )
    return {"FunctionUrlConfigs": found, **more}


def _target(region: "Region", call: Call) -> Target:
    try:
        return reference.target(region, call)
    except ServiceError as error:
        raise function_url.function_missing() if error.code == "ResourceNotFoundException" else error from None


def _key(target: Target) -> str:
    return _of(target.aws_region, target.name, target.qualifier)


def _of(aws_region: str, name: str, qualifier: str | None) -> str:
    return f"{aws_region}/{name}:{qualifier}" if qualifier else f"{aws_region}/{name}"


def _kept(region: "Region", key: str) -> Document:
    kept = region.state.get(KIND, key)
    if kept is None:
        raise function_url.url_missing()
    return kept


def _given(call: Call) -> dict[str, Any]:
    return {member: call.parameters[member] for member in _SETTINGS if call.parameters.get(member) is not None}


def _as_kept(document: Document) -> Mapping[str, Any]:
    """What a call that sets something answers: an invoke mode that nobody ever named is not told, as recorded."""
    return {member: document[member] for member in _MEMBERS if document.get(member) is not None}


def _answer(document: Document) -> Mapping[str, Any]:
    """What a call that reads answers."""
    return {**_as_kept(document), "InvokeMode": invoke_mode(document)}


OPERATIONS: Mapping[str, "Operation"] = {
    "CreateFunctionUrlConfig": create_function_url_config,
    "UpdateFunctionUrlConfig": update_function_url_config,
    "GetFunctionUrlConfig": get_function_url_config,
    "DeleteFunctionUrlConfig": delete_function_url_config,
    "ListFunctionUrlConfigs": list_function_url_configs,
}
