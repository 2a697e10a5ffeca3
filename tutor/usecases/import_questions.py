"""Import questions of another's: kept beside the course's own, under ids that stay, so that answers stay theirs.

Nothing of them counts for the course: no claim, no exam domain, for no run has decided their keys.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tutor.errors import ContentError, UsageError
from tutor.study.exchanged_question import IMPORTED, ExchangedQuestion, family_of
from tutor.usecases.export_questions import exchanged
from tutor.usecases.library import Library


@dataclass(frozen=True)
class BankFile:
    """What a file holds: its questions by where they stand in it, and a sentence for each that cannot be asked."""

    questions: tuple[tuple[str, ExchangedQuestion], ...]
    refused: tuple[str, ...]


class ImportedQuestions(Protocol):
    """Where imported questions are kept."""

    def alone(self) -> AbstractContextManager[None]:
        """Until it ends nobody else changes them. Raises ``StoreError`` where the folder cannot be written."""
        ...

    def all(self) -> Mapping[str, ExchangedQuestion]:
        """All of them, by id."""
        ...

    def keep(self, questions: Iterable[ExchangedQuestion]) -> None:
        """These, and no others, whole or not at all. Raises ``StoreError`` where that cannot be."""
        ...


@dataclass(frozen=True)
class Imported:
    """What became of the file. ``own`` are the course's questions, which stay as the course has them;
    ``left`` are questions of the same bank that were here before and are not in the file."""

    bank: str
    added: int
    updated: int
    unchanged: int
    own: int
    left: int
    refused: tuple[str, ...]


@dataclass(frozen=True)
class ImportQuestions:
    """Into this home. ``read`` makes a ``BankFile`` of a file's content, ``slug`` an id of a text."""

    library: Library
    kept: ImportedQuestions
    read: Callable[[bytes], BankFile]
    slug: Callable[[str], str]
    now: Callable[[], datetime]

    def merge(self, content: bytes, name: str, bank: str) -> Imported:
        """Add what is new, replace what was here under the same id; what cannot be asked is refused by name.

        ``bank`` is what the questions' ids begin with; ``name`` is the file's, for sentences. Raises ``UsageError``
        for a file that is no bank of questions, and then nothing was kept.
        """
        try:
            file = self.read(content)
        except ValueError as error:
            raise UsageError(f"{name} cannot be imported: {error}.") from error
        found, own, refused = self._found(file, bank, name)
        with self.kept.alone():
            return self._merged(bank, dict(self.kept.all()), found, own, refused)

    def _found(self, file: BankFile, bank: str, name: str) -> tuple[list[ExchangedQuestion], int, list[str]]:
        """The file's questions as they are kept, how many are the course's own, and what is refused."""
        refused = list(file.refused)
        found: dict[str, tuple[str, ExchangedQuestion]] = {}
        own, course = 0, frozenset(self.library.scenario_ids())
        for place, question in file.questions:
            if family_of(question.id)[0] in course and self._the_same(question):
                own += 1
                continue
            settled = self._settled(question, bank, name)
            if settled.id in found:
                refused.append(f"{place}: it has the same id as {found[settled.id][0]}, {question.id!r}")
            else:
                found[settled.id] = (place, settled)
        return [one for _, one in found.values()], own, refused

    def _merged(
        self,
        bank: str,
        here: dict[str, ExchangedQuestion],
        found: Sequence[ExchangedQuestion],
        own: int,
        refused: list[str],
    ) -> Imported:
        added = [one for one in found if one.id not in here]
        updated = [one for one in found if one.id in here and _said(here[one.id]) != _said(one)]
        before = {one for one in here if one.startswith(f"{IMPORTED}/{self.slug(bank)}/")}
        if added or updated:
            self.kept.keep((here | {one.id: one for one in (*added, *updated)}).values())
        return Imported(
            bank=self.slug(bank),
            added=len(added),
            updated=len(updated),
            unchanged=len(found) - len(added) - len(updated),
            own=own,
            left=len(before - {one.id for one in found}),
            refused=tuple(refused),
        )

    def _settled(self, question: ExchangedQuestion, bank: str, name: str) -> ExchangedQuestion:
        """The question as it is kept. One that was exported from among the imported ones has its id from there."""
        parts = question.id.split("/")
        if len(parts) == 3 and parts[0] == IMPORTED and all(part == self.slug(part) for part in parts):
            made = question.id
        else:
            made = f"{IMPORTED}/{self.slug(bank)}/{self.slug(question.id)}"
        today = self.now().date().isoformat()
        return replace(
            question,
            id=made,
            topic=IMPORTED,
            as_of=question.as_of or today,
            source=question.source or f"imported from {name}",
        )

    def _the_same(self, question: ExchangedQuestion) -> bool:
        """Whether the course's question of this id says the same."""
        family, seed = family_of(question.id)
        try:
            return _letters(exchanged(self.library, family, seed)) == _letters(question)
        except (ContentError, UsageError):
            return False


def _said(question: ExchangedQuestion) -> ExchangedQuestion:
    """Everything but the day, which may be the import's own, and the hash, which is made in keeping."""
    return replace(question, as_of="", version="")


def _letters(question: ExchangedQuestion) -> tuple[str, frozenset[tuple[str, bool]]]:
    """What is asked, whatever the format did to marks and blanks."""
    return _bare(question.stem), frozenset((_bare(option.text), option.right) for option in question.options)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
