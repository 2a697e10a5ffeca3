"""Imported questions: one file in the learner's folder, a question a line, written whole or not at all."""

import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from tutor.content.exchange.bank_file import read_bank_file
from tutor.content.exchange.draft import Found, NotAQuestion, Refused, settled
from tutor.content.fingerprint import fingerprint
from tutor.content.stamped import read_stamped, stamps, write_stamped
from tutor.errors import StoreError, UsageError
from tutor.study.exchanged_question import IMPORTED, ExchangedOption, ExchangedQuestion
from tutor.study.paper import BankEntry
from tutor.study.scenario import Option, Scenario
from tutor.usecases.import_questions import BankFile
from tutor.usecases.nearest import did_you_mean

_ID = re.compile(r'\{"id": "([^"\\]+)"')


def read_bank(content: bytes) -> BankFile:
    """What a file of another's holds, each question settled or refused. Raises ``NotReadable`` for no such file."""
    questions: list[tuple[str, ExchangedQuestion]] = []
    refused: list[str] = []
    for found in read_bank_file(content):
        if not isinstance(found, Found):
            refused.append(str(found))
            continue
        try:
            questions.append((found.place, settled(found.draft)))
        except NotAQuestion as error:
            refused.append(str(Refused(found.place, str(error), found.draft.stem)))
    return BankFile(tuple(questions), tuple(refused))


class ImportedFile:
    """The file ``questions.jsonl`` in ``folder``. ``cache`` holds the bank without texts, which can be made again."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.path = folder / "questions.jsonl"
        self._kept = cache / "imported.json"

    def all(self) -> Mapping[str, ExchangedQuestion]:
        """All of them, by id. Raises ``StoreError`` where a line of the file cannot be read."""
        found = {}
        for number, line in enumerate(self._lines(), 1):
            try:
                question = _question(json.loads(line))
            except (ValueError, LookupError, TypeError) as error:
                raise StoreError(
                    f"{self.path} is damaged in line {number}: take that line out, then import its bank again."
                ) from error
            found[question.id] = question
        return found

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process imports at a time; the kernel frees the lock of a killed one."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = (self.path.parent / ".lock").open("a")
        except OSError as error:
            raise self._unwritable(error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def keep(self, questions: Iterable[ExchangedQuestion]) -> None:
        """These and no others. Raises ``StoreError`` where the folder cannot be written."""
        lines = (json.dumps(asdict(_hashed(question)), ensure_ascii=False) + "\n" for question in questions)
        aside = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self.path.parent, delete=False, encoding="utf-8") as aside:
                aside.writelines(lines)
                aside.flush()
                os.fsync(aside.fileno())
            Path(aside.name).replace(self.path)
        except OSError as error:
            if aside is not None:
                Path(aside.name).unlink(missing_ok=True)
            raise self._unwritable(error) from error
        self.__dict__.pop("_by_id", None)

    def bank(self) -> tuple[BankEntry, ...]:
        """Each of them without its text; a line that cannot be read is left out."""
        rows = read_stamped(self._kept)
        if rows is None:
            made_from = stamps([self.path])
            rows = [asdict(_entry(question)) for question in self._sound()]
            write_stamped(self._kept, made_from, rows)
        return tuple(BankEntry(**{**row, "claims": (), "options": tuple(row["options"])}) for row in rows)

    def scenario(self, question_id: str) -> Scenario:
        """The question as the rooms ask it. Raises ``UsageError`` for an id that is not there."""
        line = self._by_id.get(question_id)
        if line is None:
            near = did_you_mean(question_id, self._by_id)
            raise UsageError(f"There is no imported question {question_id!r}{near}.")
        try:
            return _scenario(_question(json.loads(line)))
        except (ValueError, LookupError, TypeError) as error:
            raise UsageError(f"The imported question {question_id!r} is damaged in {self.path}.") from error

    @cached_property
    def _by_id(self) -> Mapping[str, str]:
        return {found[1]: line for line in self._lines() if (found := _ID.match(line)) is not None}

    def _sound(self) -> Iterator[ExchangedQuestion]:
        for line in self._lines():
            with suppress(ValueError, LookupError, TypeError):
                yield _question(json.loads(line))

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(f"{self.path} cannot be written ({error.strerror}): make its folder writable.")

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []


def _question(row: Any) -> ExchangedQuestion:
    options = tuple(ExchangedOption(**option) for option in row["options"])
    question = ExchangedQuestion(**{**row, "options": options, "claims": tuple(row["claims"])})
    if question.choose != sum(option.right for option in options) or not question.id.startswith(f"{IMPORTED}/"):
        raise ValueError(question.id)
    return question


def _hashed(question: ExchangedQuestion) -> ExchangedQuestion:
    """With the hash of everything that a learner sees or that decides the key."""
    seen = {**asdict(question), "version": "", "as_of": "", "title": ""}
    return replace(question, version=fingerprint(seen))


def _entry(question: ExchangedQuestion) -> BankEntry:
    return BankEntry(
        id=question.id,
        topic=IMPORTED,
        claims=(),
        domains={},
        difficulty=question.difficulty,
        seeds=1,
        options=tuple(option.id for option in question.options),
        choose=question.choose,
    )


def _scenario(question: ExchangedQuestion) -> Scenario:
    return Scenario(
        id=question.id,
        topic=IMPORTED,
        title=question.title,
        asks="fact",
        claims=(),
        domains={},
        difficulty=question.difficulty,
        as_of=question.as_of,
        source=question.source,
        stem=question.stem,
        options=tuple(Option(one.id, one.text, one.why, key=one.right) for one in question.options),
        choose=question.choose,
        goal=None,
        least="none",
        older=None,
        seed=0,
        given={},
        experiment=None,
        content_hash=question.version,
        proof_hash=None,
    )
