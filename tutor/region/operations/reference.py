"""Which function a call means: the forms of its name and its qualifier, read as AWS reads them."""

from typing import TYPE_CHECKING

from tutor.awslambda import names
from tutor.awslambda.names import FunctionName, Place
from tutor.region.call import ACCOUNT, Call
from tutor.region.catalogue import Target, not_found
from tutor.region.invoking.idleness import can_be_idle
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.region import Region


def place(call: Call) -> Place:
    """Where what the call names is."""
    return Place(call.aws_region, ACCOUNT)


def named(call: Call, member: str = "FunctionName") -> FunctionName:
    """The function that the call names, with the qualifier from the name or the parameter.

    Raises ``ServiceError``: both given and different, another Region's or another account's.
    """
    return names.function_name(call.parameters[member], place(call), call.parameters.get("Qualifier"))


def plain(call: Call) -> FunctionName:
    """The function that the call names, where a version or an alias is refused."""
    return names.unqualified(named(call))


def target(region: "Region", call: Call) -> Target:
    """What the call names, qualified as it was asked for. Raises ``ServiceError`` where it is not there."""
    name = named(call)
    found = region.catalogue.target(call.aws_region, name.name, name.qualifier)
    return region.invoking.idleness.looked_at(found) if can_be_idle(found.configuration) else found


def function(region: "Region", call: Call, name: FunctionName) -> Document:
    """The function's document, whatever the qualifier. Raises ``ServiceError`` where it is not there."""
    document = region.catalogue.function(call.aws_region, name.name)
    if document is None:
        raise not_found(call.aws_region, name.name)
    return document
