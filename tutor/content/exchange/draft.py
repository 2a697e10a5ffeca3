"""A question as it was found in a file of another's, before it is known to be one."""

import re
from dataclasses import dataclass
from hashlib import sha256

from tutor.study.exchanged_question import ExchangedOption, ExchangedQuestion

OPTIONS = range(2, 11)
"""How many options a question may have: each has a digit of its own on the screen."""
MOST_LETTERS = 20_000
"""Of one text: more is no question, but a file in a field."""
_ID = re.compile(r"[^a-z0-9]+")
_LETTERS = "abcdefghij"
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


class NotReadable(ValueError):
    """The file as a whole cannot be read: what is wrong, and what to do."""


class NotAQuestion(ValueError):
    """This one cannot be asked: what is wrong with it, and what it would need."""


@dataclass(frozen=True)
class DraftOption:
    """One option as it was found. ``id`` where the file gives it one."""

    text: str
    why: str
    right: bool
    id: str = ""


@dataclass(frozen=True)
class Draft:
    """What was found of a question; texts are Markdown. What the file does not say is empty."""

    stem: str
    options: tuple[DraftOption, ...]
    id: str = ""
    title: str = ""
    source: str = ""
    as_of: str = ""
    difficulty: int = 2


@dataclass(frozen=True)
class Found:
    """A question, and where it stands in the file (``line 12``, ``note 3``)."""

    place: str
    draft: Draft


@dataclass(frozen=True)
class Refused:
    """Something that cannot be asked. ``why`` says what is wrong; ``begins`` is how it begins, to find it by."""

    place: str
    why: str
    begins: str = ""

    def __str__(self) -> str:
        begins = " ".join(_CONTROL.sub("", self.begins).split())
        told = f" ({begins[:40]}{'…' if len(begins) > 40 else ''})" if begins else ""
        return f"{self.place}{told}: {self.why}"


def settled(draft: Draft) -> ExchangedQuestion:
    """The question, complete. Raises ``NotAQuestion``. Its id is still the file's own, made from its stem if need be.

    Letters that move the cursor, change colours or turn the line around are taken out of every text.
    """
    stem = _clean(draft.stem)
    options = tuple(_option(at, option) for at, option in enumerate(draft.options))
    _check(stem, options)
    title = " ".join(_clean(draft.title).split()) or " ".join(stem.split())
    return ExchangedQuestion(
        id=_clean(draft.id) or f"q-{sha256(' '.join(stem.casefold().split()).encode()).hexdigest()[:12]}",
        version="",
        topic="",
        title=title[:80],
        stem=stem,
        options=options,
        choose=sum(option.right for option in options),
        claims=(),
        domains={},
        difficulty=draft.difficulty if draft.difficulty in (1, 2, 3) else 2,
        as_of=draft.as_of if re.fullmatch(r"\d{4}-\d\d-\d\d", draft.as_of) else "",
        source=" ".join(_clean(draft.source).split())[:500],
    )


def slug(text: str) -> str:
    """The text as an id: small letters, digits and hyphens; a hash where nothing is left or much was cut."""
    made = _ID.sub("-", text.casefold()).strip("-")
    if made and len(made) <= 80 and made == text.casefold():
        return made
    mark = sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{made[:60].strip('-')}-{mark}".strip("-") if len(made) > 80 or not made or _lossy(text) else made


def _lossy(text: str) -> bool:
    """Whether the letters that an id leaves out may be all that tells this text from another."""
    return bool(re.search(r"[^\sA-Za-z0-9_./:@-]", text))


def chosen_of(key: str, options: int) -> frozenset[int] | None:
    """The numbers of the right options (from 0): ``B``, ``A, C``, ``2``, ``1 3``, or ``0 1 0 0``; None where none."""
    words = re.split(r"[\s,;|]+", key.strip())
    if len(words) == options and set(words) <= {"0", "1"} and words.count("1"):
        return frozenset(at for at, word in enumerate(words) if word == "1")
    if len(words) == 1 and re.fullmatch(r"[A-Ja-j]{2,}", words[0]):
        words = list(words[0])
    found = set()
    for word in words:
        at = int(word) - 1 if word.isdecimal() and len(word) < 3 else _LETTERS.find(word.casefold())
        if not word or len(word) > 2 or not 0 <= at < options:
            return None
        found.add(at)
    return frozenset(found) or None


def _option(at: int, option: DraftOption) -> ExchangedOption:
    given = slug(option.id) if option.id else ""
    why = _clean(option.why) or "The file that it came from gives no reason."
    return ExchangedOption(given or _LETTERS[at : at + 1] or str(at), _clean(option.text), why, option.right)


def _check(stem: str, options: tuple[ExchangedOption, ...]) -> None:
    right = sum(option.right for option in options)
    longest = max((len(text) for option in options for text in (option.text, option.why)), default=0)
    texts = [" ".join(option.text.split()) for option in options]
    few_or_many = f"it has {len(options)} options, and from {OPTIONS[0]} to {OPTIONS[-1]} can be asked"
    wrong = (
        (not stem, "it asks nothing: its text is empty"),
        (len(options) not in OPTIONS, few_or_many),
        (not all(texts), f"option {texts.index('') + 1 if '' in texts else 0} is empty"),
        (len(set(texts)) < len(texts), "two of its options are the same"),
        (len({option.id for option in options}) < len(options), "two of its options have the same id"),
        (not right, "none of its options is right"),
        (right == len(options), "all of its options are right: at least one must be wrong"),
        (max(len(stem), longest) > MOST_LETTERS, f"one of its texts is longer than {MOST_LETTERS:,} letters"),
    )  # fmt: skip
    for holds, why in wrong:
        if holds:
            raise NotAQuestion(why)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
