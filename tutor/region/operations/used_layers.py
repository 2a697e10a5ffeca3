"""The layers that a function uses: which there are, that they go together, and what is kept of them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.awslambda.names import LayerName, layer_name, layer_version_not_found
from tutor.region.call import Call
from tutor.region.operations.reference import place
from tutor.region.operations.refusal import invalid, unauthorized
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.region import Region


def layer_version_key(name: LayerName) -> str:
    """The state's key of a layer version; keys sort as the numbers do."""
    return f"{name.place.aws_region}/{name.name}:{name.version:09}"


def with_layers(region: "Region", call: Call, configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration with the layers that the call names, or with those it has where the call names none.

    Raises ``ServiceError``: too many, another Region's, one twice, one that is not there or not the caller's.
    """
    if "Layers" not in call.parameters:
        return dict(configuration)
    arns: Sequence[str] = call.parameters["Layers"] or []
    found = [_found(region, call, name) for name in _checked(region, call, arns)]
    result = {member: value for member, value in configuration.items() if member != "Layers"}
    result["layers"] = [document["blob"] for document in found]
    result["layers_unzipped"] = sum(document["unzipped"] for document in found)
    if found:
        result["Layers"] = [{"Arn": each["LayerVersionArn"], "CodeSize": each["CodeSize"]} for each in found]
    return result


def check_size(region: "Region", configuration: Mapping[str, Any]) -> None:
    """Refuse code that together with its layers is larger than AWS lets it be, unzipped."""
    size, most = configuration["unzipped"] + configuration["layers_unzipped"], region.quotas.package_size_unzipped
    if configuration["layers"] and size > most:
        text = f"Function code combined with layers exceeds the maximum allowed size of {most} bytes."
        raise invalid(f"{text} The actual size is {size} bytes.")


def _checked(region: "Region", call: Call, arns: Sequence[str]) -> list[LayerName]:
    if len(arns) > region.quotas.layers_max:
        raise invalid(f"Cannot reference more than {region.quotas.layers_max} layers.")
    layers = [layer_name(arn, place(call)) for arn in arns]
    if any(name.place.aws_region != call.aws_region for name in layers):
        raise invalid(
            f"Layers are not in the same region as the function. Layers are expected to be in region {call.aws_region}."
        )
    seen: dict[str, LayerName] = {}
    for name in layers:
        if name.layer_arn in seen:
            raise invalid(
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{seen[name.layer_arn].arn} and {name.arn} are versions of the same layer."
            )
        seen[name.layer_arn] = name
    return layers


def _found(region: "Region", call: Call, name: LayerName) -> Document:
    if name.version is None:
        raise invalid(f"Layer version {name.arn} does not exist.")
    if name.place.account != place(call).account:
        raise unauthorized(call.caller, "lambda:GetLayerVersion", name.arn)
    document = region.state.get("layer-version", layer_version_key(name))
    if document is None:
        raise layer_version_not_found(name, "InvalidParameterValueException")
    return document
