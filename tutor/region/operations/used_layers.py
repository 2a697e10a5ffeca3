"""The layers that a function uses: which there are, that they go together, and what is kept of them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.awslambda.function_request import check_layers
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
    check_layers(arns, place(call), region.quotas)
    found = [_found(region, call, layer_name(arn, place(call))) for arn in arns]
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


def _found(region: "Region", call: Call, name: LayerName) -> Document:
    if name.version is None:
        raise invalid(f"Layer version {name.arn} does not exist.")
    if name.place.account != place(call).account:
        raise unauthorized(call.caller, "lambda:GetLayerVersion", name.arn)
    document = region.state.get("layer-version", layer_version_key(name))
    if document is None:
        raise layer_version_not_found(name, "InvalidParameterValueException")
    return document
