"""Filter criteria under a key of the customer's: who may not decrypt with it does not see them.

Source: API reference, EventSourceMappingConfiguration. (The sentences of the error are ours; none is recorded.)
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.invoking.keys import trouble
from tutor.region.invoking.rights import may

if TYPE_CHECKING:
    from tutor.region.region import Region

_PROBLEMS = {
    "KMSNotFoundException": "Lambda couldn't decrypt the filter criteria because the KMS key was not found.",
    "KMSDisabledException": "Lambda couldn't decrypt the filter criteria because the KMS key is disabled.",
    "KMSInvalidStateException": "Lambda couldn't decrypt the filter criteria because of the state of the KMS key.",
    "KMSAccessDeniedException": "Lambda couldn't decrypt the filter criteria because KMS access was denied.",
}


def hidden(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping in a listing, which never decrypts anything."""
    rest = dict(answer)
    if answer.get("KMSKeyArn"):
        rest.pop("FilterCriteria", None)
    return rest


def decrypted(region: "Region", call: Call, answer: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping as its caller may see it: with its filters in plain text, or with what keeps them from being read."""
    key = answer.get("KMSKeyArn")
    code = _problem(region, call, str(key)) if key and answer.get("FilterCriteria") else None
    if code is None:
        return dict(answer)
    return {**hidden(answer), "FilterCriteriaError": {"ErrorCode": code, "Message": _PROBLEMS[code]}}


def _problem(region: "Region", call: Call, key: str) -> str | None:
    word = trouble(region, key)
    if word is not None:
        return word if word.startswith("KMS") else f"KMS{word}"
    allowed = may(region, call.caller, "kms", "Decrypt", {"KeyId": key}, key.split(":")[3])
    return None if allowed else "KMSAccessDeniedException"
