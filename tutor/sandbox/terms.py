"""What an environment gets, in numbers and names: the same in either tier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.sandbox.extensions_company import Company


@dataclass(frozen=True)
class Terms:
    """What an environment gets. Sizes in MB, ``vcpu`` in processors, limits of answers in bytes."""

    package: str
    memory_size: int
    ephemeral_storage: int
    inodes: int
    vcpu: float
    file_descriptors: int
    processes: int
    response_limit: int
    environment: Mapping[str, str]
    company: Company
    streamed_limit: int = 0
    entrypoints: Sequence[Sequence[str]] = ()
    """Commands; the first whose program is there is the runtime. Without any it is forked from the zygote."""
