"""Between sittings and the tables' rows."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from tutor.study.paper import Paper, PaperQuestion, Shortage
from tutor.study.sitting import Seal, Sitting, SittingEvent, SittingRecord, begin


def row_of_sitting(sitting: Sitting, seals: Iterable[Seal]) -> dict[str, Any]:
    """The columns of a sitting that begins."""
    return {
        "sitting_id": sitting.id,
        "mode": sitting.mode,
        "begun_at": sitting.begun,
        "paper": asdict(sitting.paper),
        "seals": [asdict(seal) for seal in seals],
    }


def row_of_event(sitting_id: str, event: SittingEvent) -> dict[str, Any]:
    """The columns of one event of a sitting."""
    return {**asdict(event), "sitting_id": sitting_id}


def record_of(row: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> SittingRecord:
    """A sitting with its events, as they were."""
    begun = begin(row["sitting_id"], _paper(row["paper"]), row["mode"], row["begun_at"])
    seals = tuple(Seal(one["content_hash"], tuple(one["key"]), tuple(one["claims"])) for one in row["seals"])
    return SittingRecord(begun, seals, tuple(_event(event) for event in events))


def _event(row: Mapping[str, Any]) -> SittingEvent:
    detail = tuple(row["detail"]) if isinstance(row["detail"], list) else row["detail"]
    return SittingEvent(row["did"], row["at"], row["question"], detail, row["confidence"])


def _paper(kept: Mapping[str, Any]) -> Paper:
    questions = tuple(
        PaperQuestion(**{**question, "option_order": tuple(question["option_order"])}) for question in kept["questions"]
    )
    shortages = tuple(Shortage(**shortage) for shortage in kept["shortages"])
    return Paper(**{**kept, "questions": questions, "shortages": shortages})
