"""moto's KMS: a key may be named by its ARN also where it is switched off, on, or given up."""

from types import ModuleType
from typing import Any

_BY_KEY = ("disable_key", "enable_key", "cancel_key_deletion", "schedule_key_deletion")


def mend_kms(module: ModuleType) -> None:
    """Mend ``moto.kms.models``."""
    for name in _BY_KEY:
        _by_any_name(module.KmsBackend, name)


def _by_any_name(backend: Any, name: str) -> None:
    whole = getattr(backend, name)

    def named(self: Any, key_id: str, *rest: Any) -> Any:
        return whole(self, self.get_key_id(key_id), *rest)

    setattr(backend, name, named)
