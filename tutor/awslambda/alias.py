"""Aliases: their names, where they may point, and which version a request to one runs.

Source: developer guide, configuration-aliases and configuring-alias-routing; error texts as recorded from the service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.awslambda.names import LATEST, NUMBER, FunctionName, function_not_found
from tutor.awslambda.quotas import Quotas
from tutor.errors import Defect, ServiceError


@dataclass(frozen=True)
class Alias:
    """A name for one version, or for two with weights.

    ``weights`` maps the additional version to its share of the requests (0.0 to 1.0); the main version gets the rest.
    """

    name: str
    function_version: str
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """What of a version matters when an alias splits traffic between two."""

    role: str
    dead_letter_target: str | None = None


def check_alias_name(name: str) -> None:
    """Refuse a name of digits only: it would look like a version."""
    if NUMBER.fullmatch(name):
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        )


def alias_exists(name: FunctionName) -> ServiceError:
    """409: the function has an alias of that name."""
    return ServiceError("ResourceConflictException", f"Alias already exists: {name.arn}")


def alias_missing(name: FunctionName) -> ServiceError:
    """404 of UpdateAlias, whose text differs from that of the reading operations."""
    return ServiceError("ResourceNotFoundException", f"Alias not found: {name.arn}")


def check_alias(alias: Alias, function: FunctionName, targets: Mapping[str, Target], quotas: Quotas) -> None:
    """Refuse an alias that AWS would refuse. ``targets`` holds every version of the function, ``$LATEST`` too.

    Raises ``ServiceError``: too many versions, a version twice, ``$LATEST`` in a split, a version that does not
    exist, two versions with different roles or dead-letter queues.
    """
    if len(alias.weights) > quotas.alias_versions_max - 1:
        most = quotas.alias_versions_max - 1
        raise _refuse(f"Number of items in AdditionalVersionWeights cannot be greater than {most}")
    if alias.weights:
        _check_split(alias)
    for version in (alias.function_version, *alias.weights):
        if version not in targets:
            raise function_not_found(function.qualified(version))
    _check_alike(alias, targets)


def _check_split(alias: Alias) -> None:
    main = alias.function_version
    if main == LATEST:
        text = "$LATEST is not supported for an alias pointing to more than 1 version"
        raise ServiceError("InvalidParameterValueException", text, {"Type": ""})  # recorded without a Type
    for version, weight in alias.weights.items():
        if version == main:
            text = f"Function version {version} is already included in routing configuration."
            raise _refuse(f"Invalid function version {version}. {text}")
        _check_weight(version, weight)


def _check_weight(version: str, weight: float) -> None:
    if not NUMBER.fullmatch(version):
        bound = (
            "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have "
            "length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]"
        )
    elif not 0.0 <= weight <= 1.0:
        bound = (
            "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
            "Member must have value greater than or equal to 0.0, Member must not be null]"
        )
    else:
        return
    where = f"Value '{{{version}={weight}}}' at 'routingConfig.additionalVersionWeights'"
    text = f"1 validation error detected: {where} failed to satisfy constraint: {bound}"
    raise ServiceError("ValidationException", text)


def _check_alike(alias: Alias, targets: Mapping[str, Target]) -> None:
    """Both versions need the same role and the same dead-letter queue (no recording of these texts is known)."""
    main = targets[alias.function_version]
    for version in alias.weights:
        if targets[version].role != main.role:
            raise _refuse("Function versions of a weighted alias must have the same execution role.")
        if targets[version].dead_letter_target != main.dead_letter_target:
            raise _refuse("Function versions of a weighted alias must have the same dead-letter queue configuration.")


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)


def choose_version(alias: Alias, chance: float) -> str:
    """The version that one request to the alias runs; ``chance`` is a random number in [0, 1)."""
    if not 0.0 <= chance < 1.0:
        raise Defect(f"a chance of {chance} is not in [0, 1)")
    bound = 0.0
    for version, weight in sorted(alias.weights.items()):
        bound += weight
        if chance < bound:
            return version
    return alias.function_version
