"""How one refers to what Lambda keeps: names, partial ARNs and ARNs, with or without a qualifier.

Source: API reference, the patterns of FunctionName and Qualifier; error texts as recorded from the service.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

LATEST = "$LATEST"
"""The qualifier of the unpublished version."""

NUMBER = re.compile(r"[0-9]+")

_FUNCTION = re.compile(
    r"(?:arn:(?P<partition>aws[a-zA-Z-]*):lambda:)?"
    r"(?:(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9_.-]+)(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+))?"
)
_LAYER = re.compile(
    r"arn:(?P<partition>aws[a-zA-Z-]*):lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12})"
    r":layer:(?P<name>[a-zA-Z0-9_-]+)(?::(?P<version>[0-9]+))?"
)


@dataclass(frozen=True)
class Place:
    """Where a resource is: the Region that a request names, and the account."""

    aws_region: str = "us-east-1"
    account: str = "123456789012"
    partition: str = "aws"

    def arn(self, resource: str, service: str = "lambda") -> str:
        """The ARN of ``resource`` (``function:fn``) here."""
        return f"arn:{self.partition}:{service}:{self.aws_region}:{self.account}:{resource}"


@dataclass(frozen=True)
class FunctionName:
    """A function, or with a qualifier one of its versions or aliases."""

    name: str
    qualifier: str | None = None
    place: Place = Place()

    @property
    def unqualified_arn(self) -> str:
        """The function's ARN without any qualifier."""
        return self.place.arn(f"function:{self.name}")

    @property
    def arn(self) -> str:
        """The ARN as it was asked for: with the qualifier where there is one."""
        return f"{self.unqualified_arn}:{self.qualifier}" if self.qualifier else self.unqualified_arn

    @property
    def qualified_arn(self) -> str:
        """The ARN with a qualifier in any case: ``$LATEST`` where none was given."""
        return f"{self.unqualified_arn}:{self.qualifier or LATEST}"

    @property
    def is_latest(self) -> bool:
        """Whether it means the unpublished version."""
        return self.qualifier in (None, LATEST)

    @property
    def is_version(self) -> bool:
        """Whether its qualifier is the number of a published version."""
        return self.qualifier is not None and NUMBER.fullmatch(self.qualifier) is not None

    @property
    def is_alias(self) -> bool:
        """Whether its qualifier is an alias's name."""
        return not self.is_latest and not self.is_version

    @property
    def resource(self) -> str:
        """``fn`` or ``fn:qualifier``, as the metrics' dimension ``Resource`` has it."""
        return f"{self.name}:{self.qualifier}" if self.qualifier else self.name

    def qualified(self, qualifier: str | None) -> "FunctionName":
        """The same function with another qualifier."""
        return replace(self, qualifier=qualifier)

    def __str__(self) -> str:
        return self.arn


@lru_cache(maxsize=1000)
def function_name(reference: str, place: Place, qualifier: str | None = None) -> FunctionName:
    """The function that ``reference`` means in a request to ``place``.

    ``reference`` is ``fn``, ``fn:qualifier``, ``123456789012:function:fn``, ``function:fn`` or a whole ARN, each
    with or without a qualifier; ``qualifier`` is the request's own parameter. Raises ``ServiceError``: both given and
    different, another Region's or another account's ARN, or no such form at all.
    """
    match = _FUNCTION.fullmatch(reference)
    if match is None:
        raise ServiceError("InvalidParameterValueException", f"Invalid function name or ARN: {reference}")
    _check_place(match, place)
    derived = match["qualifier"]
    if derived and qualifier and derived != qualifier:
        text = "The derived qualifier from the function name does not match the specified qualifier."
        raise ServiceError("InvalidParameterValueException", text)
    return FunctionName(match["name"], derived or qualifier or None, place)


def _check_place(match: re.Match[str], place: Place) -> None:
    """Refuse an ARN of elsewhere: no other Region can be reached, and no other account's function be managed."""
    if match["region"] and match["region"] != place.aws_region:
        text = f"Functions from '{match['region']}' are not reachable in this region ('{place.aws_region}')"
        raise ServiceError("ResourceNotFoundException", text)
    if match["account"] and match["account"] != place.account:
        arn = Place(place.aws_region, match["account"], place.partition).arn(f"function:{match['name']}")
        raise ServiceError("AccessDeniedException", f"No access to {arn} from account {place.account}.")


def new_function_name(reference: str, place: Place, quotas: Quotas) -> FunctionName:
    """The name of a function that is to be created. A qualifier in it is refused, and a name over 64 characters."""
    name = function_name(reference, place)
    if name.qualifier is not None or len(name.name) > quotas.function_name_length:
        bound = f"Member must have length less than or equal to {quotas.function_name_length}"
        if name.qualifier is not None:
            bound = "Member must satisfy regular expression pattern: [a-zA-Z0-9-_]+"
        text = f"Value '{reference}' at 'functionName' failed to satisfy constraint: {bound}"
        raise ServiceError("InvalidParameterValueException", f"1 validation error detected: {text}")
    return name


def function_not_found(name: FunctionName) -> ServiceError:
    """404 with the ARN as it was asked for; the operations that resolve a version pass the qualified name."""
    return ServiceError("ResourceNotFoundException", f"Function not found: {name.arn}")


def alias_not_found(name: FunctionName) -> ServiceError:
    """404 of the operations on aliases."""
    return ServiceError("ResourceNotFoundException", f"Cannot find alias arn: {name.arn}")


def unqualified(name: FunctionName) -> FunctionName:
    """``name``, which an operation takes without a qualifier only. Raises ``ServiceError`` where it has one."""
    if name.qualifier is not None:
        text = (
            "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
            "Please specify either a function name or an unqualified function ARN."
        )
        raise ServiceError("InvalidParameterValueException", text)
    return name


@dataclass(frozen=True)
class LayerName:
    """A layer, or with a version one of its versions."""

    name: str
    version: int | None = None
    place: Place = Place()

    @property
    def layer_arn(self) -> str:
        """The layer's ARN, without a version."""
        return self.place.arn(f"layer:{self.name}")

    @property
    def arn(self) -> str:
        """The ARN with the version where there is one."""
        return self.layer_arn if self.version is None else f"{self.layer_arn}:{self.version}"


def layer_name(reference: str, place: Place, version: int | None = None) -> LayerName:
    """The layer that a plain name, a layer's ARN or a layer version's ARN means; an ARN keeps its own place.

    Raises ``ServiceError`` for a version below one.
    """
    match = _LAYER.fullmatch(reference)
    if match is not None:
        place = Place(match["region"], match["account"], match["partition"])
        version = int(match["version"]) if match["version"] else version
    if version is not None and version < 1:
        raise ServiceError("InvalidParameterValueException", "Layer Version Cannot be less than 1")
    return LayerName(match["name"] if match else reference, version, place)


def layer_version_not_found(name: LayerName, code: str = "ResourceNotFoundException") -> ServiceError:
    """404 of the layers' own operations; a function that names it gets ``InvalidParameterValueException``."""
    return ServiceError(code, f"Layer version {name.arn} does not exist.")


def event_source_mapping_arn(uuid: str, place: Place) -> str:
    """The ARN of an event source mapping."""
    return place.arn(f"event-source-mapping:{uuid}")


def code_signing_config_id(digest: str) -> str:
    """The id of a code signing configuration: ``csc-`` and seventeen characters of ``digest`` (hex)."""
    return f"csc-{digest[:17].lower()}"


def code_signing_config_arn(identifier: str, place: Place) -> str:
    """The ARN of a code signing configuration."""
    return place.arn(f"code-signing-config:{identifier}")


def runtime_version_arn(digest: str, place: Place) -> str:
    """The ARN of a version of a runtime: AWS's own, so without an account; ``digest`` is 64 hex characters."""
    return f"arn:{place.partition}:lambda:{place.aws_region}::runtime:{digest}"
