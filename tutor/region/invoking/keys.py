"""Keys of the customer's own under which Lambda keeps something: whether they can be used now."""

from typing import TYPE_CHECKING

from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT
from tutor.region.catalogue import Target

if TYPE_CHECKING:
    from tutor.region.region import Region

NOT_FOUND, DISABLED, INVALID = "NotFoundException", "DisabledException", "KMSInvalidStateException"
"""What KMS says of a key that cannot be used."""

_INVOKED = {
    NOT_FOUND: ("KMSNotFoundException", "the KMS key was not found"),
    DISABLED: ("KMSDisabledException", "the KMS key used is disabled"),
    INVALID: ("KMSInvalidStateException", "the state of the KMS key used is not valid for Decrypt"),
}


def trouble(region: "Region", arn: str) -> str | None:
    """Why a key (or the key behind an alias) cannot be used, in KMS's word; None where it can, or is another's."""
    _, _, _, aws_region, account, name = arn.split(":", 5)
    if account != ACCOUNT:
        return None
    with region.neighbours.inside():
        backend = region.neighbours.backend("kms", aws_region)
        if name.startswith("alias/"):
            name = getattr(backend.aliases.get(name), "target_key_id", name)
        key = backend.keys.get(name.removeprefix("key/"))
        state = None if key is None else str(key.key_state)
    if state is None:
        return NOT_FOUND
    return None if state == "Enabled" else DISABLED if state == "Disabled" else INVALID


def check_environment_key(region: "Region", target: Target) -> None:
    """Refuse to run what has its environment variables under a key that cannot be used. Raises ``ServiceError``.

    The role needs no right of its own: a grant for it was made together with the setting.
    """
    key = target.configuration.get("KMSKeyArn")
    if not key or not target.configuration.get("Environment"):
        return
    word = trouble(region, key)
    if word is not None:
        code, why = _INVOKED[word]
        text = f"Lambda was unable to decrypt the environment variables because {why}."
        raise ServiceError(code, f"{text} Please check the function's KMS key settings.")
