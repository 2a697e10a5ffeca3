"""Progress as one JSON file: everything that the learner did, to be kept safe or carried to another machine."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tutor.errors import UsageError
from tutor.study.answer import Act, Answer, LabAttempt
from tutor.study.paper import Paper
from tutor.study.sitting import Seal, SittingEvent, SittingMode, SittingRecord, begin
from tutor.usecases.plain_value import NotPlain, plain, read

FORMAT, VERSION = "tutor progress", 1
Event = TypeVar("Event", Answer, LabAttempt, Act)


@dataclass(frozen=True)
class Progress:
    """All events. ``refused`` are sentences, each with the place of something that could not be read."""

    answers: tuple[Answer, ...]
    lab_attempts: tuple[LabAttempt, ...]
    acts: tuple[Act, ...]
    sittings: tuple[SittingRecord, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class _SittingRow:
    """A sitting as it stands in the file."""

    id: str
    mode: SittingMode
    begun: datetime
    paper: Paper
    seals: tuple[Seal, ...]
    events: tuple[SittingEvent, ...]


def write_progress(progress: Progress, now: datetime) -> str:
    """The file's text: one event in a line, so that two files can be compared."""
    parts = {
        "answers": [plain(one) for one in progress.answers],
        "lab_attempts": [plain(one) for one in progress.lab_attempts],
        "acts": [plain(one) for one in progress.acts],
        "sittings": [plain(_row(one)) for one in progress.sittings],
    }
    head = f'"format": "{FORMAT}", "version": {VERSION}, "exported": "{now.isoformat()}"'
    listed = (f'"{name}": [{_lines(events)}]' for name, events in parts.items())
    return "{" + ",\n".join((head, *listed)) + "}\n"


def read_progress(text: str, name: str) -> Progress:
    """What the file ``name`` holds. One broken event is refused with its place, and the rest is kept.

    Raises ``UsageError`` for what is no progress file, or one of a newer version.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no JSON: {error}.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UsageError(f"{name} is no progress of the tutor: its format is not {FORMAT!r}.")
    if content.get("version") != VERSION:
        version = content.get("version")
        raise UsageError(f"{name} has version {version!r}, and this tutor reads {VERSION}: get a newer one.")
    refused: list[str] = []
    rows = _all(_SittingRow, content, "sittings", refused)
    sittings = [one for row in rows if (one := _record(row, f"sittings {row.id}", refused))]
    return Progress(
        tuple(_all(Answer, content, "answers", refused)),
        tuple(_all(LabAttempt, content, "lab_attempts", refused)),
        tuple(_all(Act, content, "acts", refused)),
        tuple(sittings),
        tuple(refused),
    )


def _all(kind: type[Any], content: dict[str, Any], name: str, refused: list[str]) -> list[Any]:
    rows, found = content.get(name, []), []
    if not isinstance(rows, list):
        refused.append(f"{name}: is no list")
        return []
    for at, row in enumerate(rows):
        try:
            found.append(read(kind, row, f"{name}[{at}]"))
        except NotPlain as problem:
            refused.append(str(problem))
    return found


def _row(record: SittingRecord) -> _SittingRow:
    begun = record.begun
    return _SittingRow(begun.id, begun.mode, begun.begun, begun.paper, record.seals, record.events)


def _record(row: _SittingRow, place: str, refused: list[str]) -> SittingRecord | None:
    questions = len(row.paper.questions)
    wrong = len(row.seals) != questions or any(not _fits(event, questions) for event in row.events)
    if wrong:
        refused.append(f"{place}: its seals or events do not fit its questions")
        return None
    return SittingRecord(begin(row.id, row.paper, row.mode, row.begun), row.seals, row.events)


def _fits(event: SittingEvent, questions: int) -> bool:
    """Whether the event is about a question that there is, and has what its kind needs."""
    if event.question is not None and not 0 <= event.question < questions:
        return False
    of_whole = event.did in ("paused", "resumed", "submitted")
    if (event.question is None) is not of_whole:
        return False
    if event.did == "answered":
        return isinstance(event.detail, tuple) and all(isinstance(one, str) for one in event.detail)
    return isinstance(event.detail, str) if event.did in ("struck", "unstruck", "noted") else True


def _lines(events: Iterable[Any]) -> str:
    lines = [json.dumps(event, ensure_ascii=False) for event in events]
    return "\n" + ",\n".join(lines) + "\n" if lines else ""
