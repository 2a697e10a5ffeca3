"""Put, Update, Get, Delete and ListFunctionEventInvokeConfigs: retries, event age and destinations of queued events."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import event_invoke_config
from tutor.awslambda.names import FunctionName
from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.catalogue import LATEST, Target
from tutor.region.operations.destinations import check_destinations
from tutor.region.operations.page import page
from tutor.region.operations.reference import named
from tutor.region.operations.refusal import missing

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region
    from tutor.region.state import Document

_KIND = "event-invoke"


def put_function_event_invoke_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Set everything anew for a function, version or alias; what is left out has its default."""
    name = _existing(region, call)
    return _keep(region, name, event_invoke_config.put(call.parameters))


def update_function_event_invoke_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Change what the call names; the rest stays."""
    name = _existing(region, call)
    before = _found(region, name)
    return _keep(region, name, event_invoke_config.update(before, call.parameters))


def get_function_event_invoke_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """What is set for a function, version or alias."""
    return _answer(named(call), _found(region, named(call)))


def delete_function_event_invoke_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Have the defaults again."""
    name = named(call)
    _found(region, name)
    region.state.delete(_KIND, _key(name))
    return {}


def list_function_event_invoke_configs(region: "Region", call: Call) -> Mapping[str, Any]:
    """What is set for a function's versions and aliases, and for ``$LATEST``."""
    name = named(call)
    _check_exists(region, name.qualified(None))
    found = region.state.items(_KIND, f"{_key(name).rpartition(':')[0]}:")
    shown, more = page(call, found, lambda entry: entry[0], region.quotas.page_size)
    configs = [_answer(name.qualified(key.rpartition(":")[2]), kept) for key, kept in shown]
    return {"FunctionEventInvokeConfigs": configs, **more}


def _existing(region: "Region", call: Call) -> FunctionName:
    """The function of a call that sets something. Raises ``ServiceError`` where function or settings cannot be."""
    name = named(call)
    event_invoke_config.check_sets_something(call.parameters)
    target = _check_exists(region, name)
    event_invoke_config.check_event_invoke_config(name, call.parameters)
    check_destinations(region, call, target)
    return name


def _check_exists(region: "Region", name: FunctionName) -> Target:
    try:
        return region.catalogue.target(name.place.aws_region, name.name, name.qualifier)
    except ServiceError:
        raise missing("The function doesn't exist.") from None


def _found(region: "Region", name: FunctionName) -> "Document":
    kept = region.state.get(_KIND, _key(name))
    if kept is None:
        raise event_invoke_config.config_missing(name)
    return kept


def _keep(region: "Region", name: FunctionName, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    kept = {**settings, "LastModified": region.clock.now()}
    region.state.put(_KIND, _key(name), kept)
    return _answer(name, kept)


def _answer(name: FunctionName, kept: "Document") -> Mapping[str, Any]:
    return {**kept, "FunctionArn": name.qualified_arn}


def _key(name: FunctionName) -> str:
    return f"{name.place.aws_region}/{name.name}:{name.qualifier or LATEST}"


OPERATIONS: Mapping[str, "Operation"] = {
    "PutFunctionEventInvokeConfig": put_function_event_invoke_config,
    "UpdateFunctionEventInvokeConfig": update_function_event_invoke_config,
    "GetFunctionEventInvokeConfig": get_function_event_invoke_config,
    "DeleteFunctionEventInvokeConfig": delete_function_event_invoke_config,
    "ListFunctionEventInvokeConfigs": list_function_event_invoke_configs,
}
