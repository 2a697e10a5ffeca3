"""Progress between machines: no answer lost, none twice, broken events refused with their place."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from tests.store.events import BEGAN, an_act, an_answer, an_attempt
from tests.store.test_sittings import EVENTS, PAPER, SEALS
from tutor.errors import UsageError
from tutor.store.memory import DatabaseMemory, open_memory
from tutor.study.sitting import SittingRecord, begin
from tutor.usecases.carry_progress import CarryProgress, Merged, missing


def machine(folder: Path, name: str) -> tuple[DatabaseMemory, CarryProgress]:
    """A machine with a database of its own."""
    memory = open_memory(f"sqlite:///{folder / name}.db")
    return memory, CarryProgress(memory, lambda: BEGAN)


def used_machine(folder: Path) -> tuple[DatabaseMemory, CarryProgress]:
    """A machine that has something of everything."""
    here, carry = machine(folder, "here")
    here.add_answer(an_answer())
    here.add_lab_attempt(an_attempt())
    here.add_act(an_act())
    here.add_sitting(begin("one", PAPER, "exam", BEGAN), SEALS)
    for event in EVENTS:
        here.add_sitting_event("one", event)
    return here, carry


def kept(memory: DatabaseMemory) -> tuple[object, ...]:
    """All that a machine has."""
    return memory.answers(), memory.lab_attempts(), memory.acts(), memory.sittings()


def test_everything_arrives_as_it_was(tmp_path: Path) -> None:
    """Answers, lab attempts, acts and sittings of one machine are the same on another."""
    here, carry = used_machine(tmp_path)
    there, other = machine(tmp_path, "there")
    assert other.merge(carry.write(), "file") == Merged(1, 1, 1, 1, ())
    assert kept(there) == kept(here)


def test_two_machines_become_one(tmp_path: Path) -> None:
    """Each takes the other's: both have every answer once, in the order of time, however often they are merged."""
    (here, carry), (there, other) = machine(tmp_path, "here"), machine(tmp_path, "there")
    for number in range(6):
        if number != 4:
            here.add_answer(an_answer(number))
        if number % 2 == 0:
            there.add_answer(an_answer(number))
    for _ in range(2):
        other.merge(carry.write(), "file")
        carry.merge(other.write(), "file")
    assert here.answers() == there.answers() == tuple(an_answer(number) for number in range(6))


def test_a_sitting_goes_on_elsewhere(tmp_path: Path) -> None:
    """What was done in a sitting on the other machine since is added to it."""
    (here, carry), (there, other) = machine(tmp_path, "here"), machine(tmp_path, "there")
    here.add_sitting(begin("one", PAPER, "exam", BEGAN), SEALS)
    here.add_sitting_event("one", EVENTS[0])
    other.merge(carry.write(), "file")
    for event in EVENTS[1:]:
        here.add_sitting_event("one", event)
    assert other.merge(carry.write(), "file").sittings == 1
    assert there.sittings() == here.sittings()


def test_another_sitting_with_the_same_id_is_refused(tmp_path: Path) -> None:
    """Two papers never become one: the one that is here stays."""
    (here, carry), (there, other) = machine(tmp_path, "here"), machine(tmp_path, "there")
    here.add_sitting(begin("one", PAPER, "exam", BEGAN), SEALS)
    there.add_sitting(begin("one", PAPER, "practice", BEGAN), SEALS)
    merged = other.merge(carry.write(), "file")
    assert merged.refused == ("sitting one: another one has this id here",)
    assert there.sittings()[0].begun.mode == "practice"


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_missing_is_what_a_multiset_says(here: list[int], there: list[int]) -> None:
    """After adding what is missing each event is there as often as on the machine that had it oftener."""
    merged = [*here, *missing(here, there)]
    assert all(merged.count(one) == max(here.count(one), there.count(one)) for one in {*here, *there})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"question_id": 5}, "answers[1].question_id: 5 is not str"),
        ({"answered_at": "noon"}, "answers[1].answered_at: 'noon' is no time"),
        ({"answered_at": "2026-03-01T12:00:00"}, "is not a time with its zone"),
        ({"mode": "telepathy"}, "is not one of quiz"),
        ({"chosen": "billed"}, "answers[1].chosen: 'billed' is not a list"),
        ({"milliseconds": True}, "is not int"),
        ({"more": 1}, "answers[1].more: there is no such member"),
    ],
)
def test_one_broken_answer_is_refused_and_the_rest_kept(tmp_path: Path, change: dict[str, object], says: str) -> None:
    """The place and the reason are told; the other answers arrive."""
    here, carry = machine(tmp_path, "here")
    for number in range(3):
        here.add_answer(an_answer(number))
    content = json.loads(carry.write())
    content["answers"][1] |= change
    there, other = machine(tmp_path, "there")
    merged = other.merge(json.dumps(content), "file")
    assert merged.answers == 2
    assert says in merged.refused[0]
    assert there.answers() == (an_answer(0), an_answer(2))


@pytest.mark.parametrize("event", [{"question": 99}, {"question": None}, {"detail": [1]}, {"detail": None}])
def test_a_sitting_that_does_not_fit_is_refused(tmp_path: Path, event: dict[str, object]) -> None:
    """An event about a question that is not there, or without what it needs, would break the room: it is left out."""
    here, carry = machine(tmp_path, "here")
    here.add_sitting(begin("one", PAPER, "exam", BEGAN), SEALS)
    here.add_sitting_event("one", next(one for one in EVENTS if one.did == "answered"))
    content = json.loads(carry.write())
    content["sittings"][0]["events"][0] |= event
    there, other = machine(tmp_path, "there")
    assert other.merge(json.dumps(content), "file").refused
    assert there.sittings() == ()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "other"}', '{"format": "tutor progress", "version": 9}'])
def test_what_is_no_progress_is_refused(tmp_path: Path, text: str) -> None:
    """Another file is a sentence, and nothing is made."""
    memory, carry = machine(tmp_path, "here")
    with pytest.raises(UsageError, match="my-file"):
        carry.merge(text, "my-file")
    assert memory.answers() == ()
    assert not (tmp_path / "here.db").exists()


def test_the_newest_act_holds_after_a_merge(tmp_path: Path) -> None:
    """Events come in the order of time, whichever machine they were added on first."""
    (here, carry), (there, other) = machine(tmp_path, "here"), machine(tmp_path, "there")
    early, late = an_act(1), replace(an_act(2), at=BEGAN + timedelta(days=1))
    there.add_act(late)
    here.add_act(early)
    other.merge(carry.write(), "file")
    assert there.acts() == (early, late)


class _Overtaken(DatabaseMemory):
    """A memory that another tutor merges into, once, while this one reads what is there."""

    def __init__(self, file: Path, text: str) -> None:
        super().__init__(make_url(f"sqlite:///{file}"))
        self._file_of_all, self._text = file, text

    def sittings(self) -> tuple[SittingRecord, ...]:
        """As they are; the other tutor is done by then."""
        read, text = super().sittings(), self._text
        if text:
            self._text = ""
            CarryProgress(open_memory(f"sqlite:///{self._file_of_all}"), lambda: BEGAN).merge(text, "file")
        return read


def test_two_imports_of_one_file_at_once_add_it_once(tmp_path: Path) -> None:
    """What another tutor adds between looking and adding is seen: nothing is there twice, and no sitting collides."""
    here, carry = used_machine(tmp_path)
    there = _Overtaken(tmp_path / "there.db", carry.write())
    assert CarryProgress(there, lambda: BEGAN).merge(carry.write(), "file") == Merged(0, 0, 0, 0, ())
    assert kept(there) == kept(here)
