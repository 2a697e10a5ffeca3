"""A question as other programs take it: its text as Markdown, its key settled, its id stable."""

from collections.abc import Mapping
from dataclasses import dataclass, field

IMPORTED = "imported"
"""The topic of every question that came from a file of another's; none of the course's is of it."""


@dataclass(frozen=True)
class ExchangedOption:
    """One option, with why it is right or wrong."""

    id: str
    text: str
    why: str
    right: bool


@dataclass(frozen=True)
class ExchangedQuestion:
    """One question. ``id`` is its family's, and after ``@`` the number of its set of numbers from the second on.

    It never changes; ``version`` is the hash of what is asked now.
    """

    id: str
    version: str
    topic: str
    title: str
    stem: str
    options: tuple[ExchangedOption, ...]
    choose: int
    claims: tuple[str, ...]
    domains: Mapping[str, int]
    difficulty: int
    as_of: str
    source: str
    tasks: Mapping[str, str] = field(default_factory=dict)


def exchanged_id(family: str, seed: int) -> str:
    """The id of a family's question at one of its seeds (an index): ``limits/stopped``, then ``limits/stopped@2``."""
    return f"{family}@{seed + 1}" if seed else family


def family_of(exchanged: str) -> tuple[str, int]:
    """The family and the seed's index that ``exchanged_id`` was made of."""
    family, _, number = exchanged.partition("@")
    return (family, int(number) - 1) if number.isdecimal() and int(number) > 1 else (exchanged, 0)
