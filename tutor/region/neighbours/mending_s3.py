"""moto's S3: the owners of buckets are told apart by house, and dropped objects close their files without a word."""

import contextlib
from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import drawer


def mend_s3(module: ModuleType) -> None:
    """Mend ``moto.s3.models``."""
    backends = type(module.s3_backends)
    del module.s3_backends.bucket_accounts
    backends.bucket_accounts = property(lambda self: drawer("s3 bucket owners"))

    def forget(key: Any) -> None:
        with contextlib.suppress(AttributeError):
            key._value_buffer.close()

    module.FakeKey.__del__ = forget
