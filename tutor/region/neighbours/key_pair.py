"""Key pairs of moto's. OpenSSL makes them by a chance of its own, so the journal keeps each for the replay."""

import importlib
from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_clock import Shim

ASYMMETRIC = "cryptography.hazmat.primitives.asymmetric"


def asymmetric() -> ModuleType:
    """What moto gets for OpenSSL's asymmetric keys: those of RSA and of elliptic curves are kept."""
    real = importlib.import_module(ASYMMETRIC)
    return Shim(real, {name: _kept(importlib.import_module(f"{ASYMMETRIC}.{name}")) for name in ("rsa", "ec")})


def _kept(real: ModuleType) -> ModuleType:
    make: Any = real.__dict__["generate_private_key"]

    def generate_private_key(*args: Any, **named: Any) -> Any:
        here = scene()
        if here is None or here.moment is None:
            return make(*args, **named)
        told = here.hear(lambda: _text(make(*args, **named)))
        return _key(told) if told else make(*args, **named)

    return Shim(real, {"generate_private_key": generate_private_key})


def _text(key: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def _key(text: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(text.encode(), None)
