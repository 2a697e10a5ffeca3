"""Environment variables under a key of the customer's: who sets it must be able to use it, and who reads them too.

Source: developer guide, configuration-envvars-encryption; the sentences as clients of the service report them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.invoking.keys import trouble
from tutor.region.invoking.rights import may
from tutor.region.operations.refusal import invalid

if TYPE_CHECKING:
    from tutor.region.region import Region

_SETTING = ("CreateGrant", "Encrypt")
_DENIED = "AccessDeniedException"


def check_environment_key(region: "Region", call: Call, configuration: Mapping[str, Any]) -> None:
    """Refuse a key, or variables under it, that a call sets where its caller cannot use the key for the function.

    ``configuration`` is as it is after the call. Raises ``ServiceError``.
    """
    key = configuration.get("KMSKeyArn")
    touched = "KMSKeyArn" in call.parameters or "Environment" in call.parameters
    if not key or not touched or not configuration.get("Environment"):
        return
    word, operation = trouble(region, key), "CreateGrant"
    if word is None:
        operation = next((one for one in _SETTING if not _may(region, call, one, key)), "")
        word = _DENIED if operation else None
    if word is not None:
        raise invalid(
            "Lambda was unable to configure access to your environment variables because the KMS key is invalid for "
            f"{operation}. Please check your KMS key settings. KMS Exception: {word} KMS Message: {_told(word, key)}"
        )


def with_environment(region: "Region", call: Call, answer: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration as its caller may see it: an error in the place of variables that it may not decrypt."""
    key = answer.get("KMSKeyArn")
    if not key or not answer.get("Environment"):
        return dict(answer)
    word = trouble(region, key) or (None if _may(region, call, "Decrypt", key) else _DENIED)
    if word is None:
        return dict(answer)
    text = "Lambda was unable to decrypt your environment variables because the KMS access was denied. "
    error = f"{text}Please check your KMS permissions. KMS Exception: {word} KMS Message: {_told(word, key)}"
    return {**answer, "Environment": {"Error": {"ErrorCode": word, "Message": error}}}


def _may(region: "Region", call: Call, operation: str, key: str) -> bool:
    return may(region, call.caller, "kms", operation, {"KeyId": key}, key.split(":")[3])


def _told(word: str, key: str) -> str:
    """What KMS says."""
    return {
        "NotFoundException": f"Key '{key}' does not exist",
        "DisabledException": f"{key} is disabled.",
        "KMSInvalidStateException": f"{key} is pending deletion.",
    }.get(word, "The ciphertext refers to a customer master key that you are not allowed to access.")
