"""Published versions: when one comes to be, what freezes in it, and what guards publishing.

Source: developer guide, configuration-versions; error texts as recorded from the service.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.awslambda.names import LATEST, FunctionName, alias_not_found, function_not_found
from tutor.errors import ServiceError

FROZEN = (
    "CodeSha256", "Environment", "Runtime", "Handler", "Layers", "MemorySize", "Timeout", "VpcConfig",
    "DeadLetterConfig", "Role", "Description", "Architectures", "EphemeralStorage", "PackageType", "LoggingConfig",
    "FileSystemConfigs",
    "SnapStart", "TracingConfig", "KMSKeyArn", "ImageConfigResponse", "CodeSize", "RuntimeVersionConfig",
)  # fmt: skip
"""Members of a function's configuration that are copied into a version; a change in one is worth a new version."""


@dataclass(frozen=True)
class Publication:
    """What publishing leads to: the number, and whether that version is new."""

    number: int
    new: bool


def snapshot(configuration: Mapping[str, Any]) -> str:
    """What of ``$LATEST`` a version would freeze, as one text: equal texts mean that nothing changed.

    It is kept beside the version, since the version's own Description may be another.
    """
    frozen = {member: configuration[member] for member in FROZEN if configuration.get(member) not in (None, "", [], {})}
    return json.dumps(frozen, sort_keys=True, default=str)


def has_snapshot(configuration: Mapping[str, Any]) -> bool:
    """Whether environments of the configuration are restored from SnapStart's snapshot: published versions alone."""
    applies = (configuration.get("SnapStart") or {}).get("ApplyOn") == "PublishedVersions"
    return applies and configuration["Version"] != LATEST


def publication(latest: str, last: str | None, last_published: int, last_number: int) -> Publication:
    """The version that publishing ``$LATEST`` gives.

    ``latest`` and ``last`` are the ``snapshot`` of now and of the last published version (None when there is none,
    or it was deleted), ``last_published`` that version's number, ``last_number`` the highest number ever given to a
    function of this name: numbers are never reused, also not after the function was deleted and made again.
    """
    if last is not None and last == latest:
        return Publication(last_published, new=False)
    return Publication(last_number + 1, new=True)


def check_code_sha256(given: str | None, current: str) -> None:
    """Refuse to publish other code than the caller has seen."""
    if given and given != current:
        text = (
            f"CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({current}). "
            "Please try again with the CodeSHA256 in $LATEST."
        )
        raise ServiceError("InvalidParameterValueException", text)


def check_revision(given: str | None, current: str, read_by: str = "GetFunction/GetAlias") -> None:
    """Refuse a change to something that was changed since the caller read it.

    ``read_by``: ``GetFunction/GetAlias``, ``GetPolicy`` or ``GetLayerPolicy``.
    """
    if given and given != current:
        text = (
            "The Revision Id provided does not match the latest Revision Id. "
            f"Call the {read_by} API to retrieve the latest Revision Id"
        )
        raise ServiceError("PreconditionFailedException", text)


def check_deletion(name: FunctionName, exists: bool, aliases: Collection[str]) -> None:
    """Refuse to delete ``$LATEST`` alone, an alias by this road, or a version that an alias points to.

    ``aliases`` are the names of the aliases that point to the version. A number that does not exist is not an error:
    deleting it twice is fine.
    """
    if name.is_latest:
        text = "$LATEST version cannot be deleted without deleting the function."
        raise ServiceError("InvalidParameterValueException", text)
    if name.is_alias:
        raise ServiceError("InvalidParameterValueException", "Deletion of aliases is not currently supported.")
    if exists and aliases:
        text = f"Unable to delete version because the following aliases reference it: [{', '.join(sorted(aliases))}]"
        raise ServiceError("ResourceConflictException", text)


def check_published(name: FunctionName, versions: Collection[str], aliases: Collection[str]) -> None:
    """Refuse a qualifier that names no version and no alias of the function, with the text of its kind."""
    if name.is_latest or name.qualifier in versions or name.qualifier in aliases:
        return
    raise function_not_found(name) if name.is_version else alias_not_found(name)
