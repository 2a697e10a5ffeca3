"""A question as other programs take it: its text as Markdown, its key settled, its id stable."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ExchangedOption:
    """One option, with why it is right or wrong."""

    id: str
    text: str
    why: str
    right: bool


@dataclass(frozen=True)
class ExchangedQuestion:
    """One question. ``id`` is its family's and never changes; ``version`` is the hash of what is asked now."""

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
