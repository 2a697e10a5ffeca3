"""Who may do what with Lambda: the caller's identity policies and the function's resource policy, together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.awslambda import permission
from tutor.awslambda.names import Place, function_name, layer_name
from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT, Call, Caller
from tutor.region.catalogue import LATEST, Target, function_arn
from tutor.region.neighbours.policy import Verdict, Wish, judge
from tutor.region.operations.used_layers import layer_version_key

if TYPE_CHECKING:
    from tutor.region.region import Region

INVOKE = "lambda:InvokeFunction"
_BY_ARN = ("Resource", "ResourceArn", "CodeSigningConfigArn", "Arn")
_RESOURCE_POLICY = frozenset({"Invoke", "InvokeWithResponseStream", "InvokeAsync", "GetFunction", "GetLayerVersion"})


class Authority:
    """Refuses, with AWS's AccessDeniedException, what no policy allows. An administrator is refused nothing."""

    def __init__(self, region: "Region") -> None:
        self._region = region

    def check(self, call: Call) -> None:
        """Check the caller of an operation of Lambda's API. Raises ``ServiceError``."""
        if call.caller.administrator:
            return
        arn = _resource(call)
        policies = self._policies_of(call) if call.operation in _RESOURCE_POLICY else ()
        resource = permission.resource_of(call.operation, arn)
        self._require(call.caller, permission.action_of(call.operation), resource, policies)

    def check_invoke(
        self, target: Target, caller: Caller, action: str = INVOKE, context: Mapping[str, str] | None = None
    ) -> None:
        """Check who invokes a function other than through its API: a service, a function URL's caller.

        ``context`` adds condition keys to those of the caller. Raises ``ServiceError``.
        """
        if not caller.administrator:
            self._require(caller, action, target.arn, self._policies(target.key, target.qualifier), context or {})

    def _require(
        self,
        caller: Caller,
        action: str,
        resource: str,
        policies: Sequence[Mapping[str, Any]],
        context: Mapping[str, str] | None = None,
    ) -> None:
        keys = {**_context(caller), **{name.lower(): value for name, value in (context or {}).items()}}
        if caller.service or not caller.arn:
            wish = Wish(action, resource, keys, (), caller.source_account, caller.service)
            if judge(policies, wish, identity=False) is not Verdict.ALLOWED:
                raise permission.not_authorized(caller.service or "anonymous", action, resource)
            return
        decision = self._region.neighbours.permits(caller, action, resource, keys, policies)
        if not decision:
            refused = permission.not_authorized(caller.arn, action, resource)
            raise ServiceError(refused.code, refused.message + decision.why)

    def _policies_of(self, call: Call) -> Sequence[Mapping[str, Any]]:
        parameters = call.parameters
        if "FunctionName" in parameters:
            name = function_name(
                parameters["FunctionName"], Place(call.aws_region, ACCOUNT), parameters.get("Qualifier")
            )
            return self._policies(f"{name.place.aws_region}/{name.name}", name.qualifier)
        if "LayerName" in parameters:
            layer = layer_name(
                parameters["LayerName"], Place(call.aws_region, ACCOUNT), parameters.get("VersionNumber")
            )
            kept = self._region.state.get("layer-policy", layer_version_key(layer)) if layer.version else None
            return (kept,) if kept else ()
        return ()

    def _policies(self, key: str, qualifier: str | None) -> Sequence[Mapping[str, Any]]:
        """The resource policy that counts: the qualifier's own, or for the function by its bare name the function's."""
        at = key if qualifier in (None, LATEST) else f"{key}:{qualifier}"
        kept = self._region.state.get("policy", at)
        return (kept,) if kept else ()


def _resource(call: Call) -> str | None:
    """The ARN that an operation's request names; None where it names none."""
    parameters, place = call.parameters, Place(call.aws_region, ACCOUNT)
    if "FunctionName" in parameters:
        name = function_name(parameters["FunctionName"], place, parameters.get("Qualifier"))
        return function_arn(name.place.aws_region, name.name, name.qualifier)
    if "LayerName" in parameters:
        return layer_name(parameters["LayerName"], place, parameters.get("VersionNumber")).arn
    if "UUID" in parameters:
        return place.arn(f"event-source-mapping:{parameters['UUID']}")
    return next((str(parameters[name]) for name in _BY_ARN if parameters.get(name)), None)


def _context(caller: Caller) -> dict[str, str]:
    """The condition keys that the caller brings, in lower case."""
    keys = {
        "aws:sourcearn": caller.source_arn,
        "aws:sourceaccount": caller.source_account,
        "aws:principalarn": caller.arn,
        "aws:principalaccount": caller.account,
    }
    return {name: value for name, value in keys.items() if value}
