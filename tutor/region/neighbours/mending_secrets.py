"""moto's Secrets Manager: a rotation needs a function that lets the service invoke it, before anything is changed."""

from functools import partial
from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_import import moto

_SERVICE = "secretsmanager.amazonaws.com"


def mend_secrets(module: ModuleType) -> None:
    """Mend ``moto.secretsmanager.models``."""
    backend = module.SecretsManagerBackend
    rotated = backend.rotate_secret

    def rotate(self: Any, secret_id: str, *args: Any, **named: Any) -> Any:
        arn, here = named.get("rotation_lambda_arn"), scene()
        if arn and here is not None and self._is_valid_identifier(secret_id):
            source = str(self.secrets[secret_id].arn)
            place = {"service": _SERVICE, "source_arn": source, "aws_region": self.region_name}
            if here.hear(partial(here.house.adapter.permits, arn, **place)) is False:
                raise moto("core.exceptions").JsonRESTError(
                    "AccessDeniedException",
                    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy "
                    f"grants access to the principal {_SERVICE}.",
                )
        return rotated(self, secret_id, *args, **named)

    backend.rotate_secret = rotate
