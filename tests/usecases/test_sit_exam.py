"""The exam room over the real content and the real store: honest papers and time, and nothing that was given lost."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT
from tests.fakes.parts import SmallLibrary
from tests.usecases.exams import NOON, Clock, exam_at, the_library
from tutor.errors import UsageError
from tutor.study.paper import Paper
from tutor.study.sitting import Phase, SittingEvent
from tutor.usecases.exam_offers import Choice, ExamOffers
from tutor.usecases.exam_room import Room
from tutor.usecases.sit_exam import SitExam

ALL_AT_ONCE = 12


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'tutor.db'}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def exam(url: str, clock: Clock) -> SitExam:
    return exam_at(url, clock)


def begun(exam: SitExam, count: int = 5, minutes: int | None = 10) -> Room:
    return exam.begin(exam.choice("limits", count, topics=("limits",), minutes=minutes), "exam")


def key_of(room: Room, number: int) -> tuple[str, ...]:
    question = room.question(number)
    assert question is not None
    return the_library().key(question.scenario.id, question.scenario.seed)


def wrong_of(room: Room, number: int) -> str:
    return next(one for one in room.sitting.paper.questions[number].option_order if one not in key_of(room, number))


def chosen_in(room: Room, number: int) -> list[str]:
    return list(room.sitting.questions[number].chosen)


# Papers


def test_a_paper_never_asks_a_question_twice(exam: SitExam) -> None:
    """Neither a whole exam nor a choice larger than the bank repeats a question."""
    for paper in (exam.mock("DVA-C03"), exam.choice("all", 10_000), exam.weakest(10_000)):
        ids = [question.question_id for question in paper.questions]
        assert len(set(ids)) == len(ids)


def test_a_bank_that_is_too_small_is_told_by_how_much(exam: SitExam) -> None:
    """What a paper wants and has not is in its shortages, domain by domain, and told in words."""
    bank = len(the_library().bank())
    paper = exam.choice("all", bank + 3)
    told = ExamOffers(exam).shortages(paper)
    assert told == (f"This paper wants {bank + 3} questions, the bank has {bank}.",)
    mock = exam.mock("DVA-C03")
    lacking = sum(shortage.wanted - shortage.there for shortage in mock.shortages)
    assert len(mock.questions) + lacking == 65


def test_every_offer_composes_what_it_says(exam: SitExam) -> None:
    """The room's list and the paper agree in the number of questions and in the minutes."""
    offers = ExamOffers(exam)
    for offer in offers.all():
        paper = offers.paper(offer.name)
        assert (len(paper.questions), paper.minutes) == (offer.there, offer.minutes), offer.name
        assert bool(offer.told) or offer.there == offer.wanted


def test_what_is_not_there_is_refused_with_the_nearest_name(exam: SitExam) -> None:
    """A misspelt exam, topic or claim is a sentence."""
    offers = ExamOffers(exam)
    with pytest.raises(UsageError, match="did you mean 'DVA-C03'"):
        offers.paper("DVA-C3")
    with pytest.raises(UsageError, match="did you mean 'limits'"):
        offers.chosen(Choice(topics=("limit",)))
    with pytest.raises(UsageError, match="claim 'LIM-9999'"):
        offers.chosen(Choice(claims=("LIM-9999",)))
    with pytest.raises(UsageError, match="no sitting"):
        exam.room("nothing")
    with pytest.raises(UsageError, match="no questions"):
        exam.begin(Paper("empty", (), 10), "exam")


def test_the_weakest_claims_come_first(exam: SitExam) -> None:
    """A question whose claims were all answered right goes behind one that was never met."""
    room = begun(exam, 3)
    for number in range(3):
        room.answer(number, key_of(room, number))
    room.submit()
    known = {question.question_id for question in room.sitting.paper.questions}
    bank = len(the_library().bank())
    assert not known & {question.question_id for question in exam.weakest(bank - 20).questions}


# A sitting


def test_everything_is_kept_before_a_method_returns(exam: SitExam, url: str) -> None:
    """Another tutor sees each mark as soon as it is made."""
    room = begun(exam)
    room.show(1)
    room.answer(1, (wrong_of(room, 1),), "sure")
    room.flag(1)
    room.strike(1, key_of(room, 1)[0])
    room.note(1, "mind the role")
    seen = exam_at(url).room(room.sitting.id).sitting
    assert seen == room.sitting
    assert seen.questions[1].note == "mind the role"


def test_an_exam_tells_nothing_before_its_end(exam: SitExam) -> None:
    """No explanation and no run before handing in; both afterwards. Pausing is refused."""
    room = begun(exam)
    room.answer(0, key_of(room, 0))
    assert room.feedback(0) is None
    assert room.show_me(0) is None
    with pytest.raises(UsageError, match="cannot be paused"):
        room.pause()
    room.submit()
    feedback = room.feedback(0)
    assert feedback is not None
    assert feedback.answer.correct


def test_practice_explains_at_once_and_the_answer_stays(exam: SitExam) -> None:
    """After the explanation the answer cannot be changed."""
    room = exam.begin(exam.choice("limits", 3, topics=("limits",)), "practice")
    assert room.feedback(0) is None
    room.answer(0, (wrong_of(room, 0),))
    feedback = room.feedback(0)
    assert feedback is not None
    assert not feedback.answer.correct
    with pytest.raises(UsageError, match="stays"):
        room.answer(0, key_of(room, 0))


def test_handing_in_makes_the_answers_count_once(exam: SitExam) -> None:
    """The answers reach the memory with the end, all of them, without the blanks, and only once."""
    room = begun(exam)
    room.answer(0, key_of(room, 0), "sure")
    room.answer(2, (wrong_of(room, 2),))
    assert exam.memory.answers() == ()
    result = room.submit()
    assert room.submit() == result
    first, second = exam.memory.answers()
    assert (first.correct, first.confidence, first.mode, second.correct) == (True, "sure", "exam", False)
    assert (result.raw.right, result.raw.asked, result.blank) == (1, 5, (1, 3, 4))


def test_a_choice_takes_as_many_as_are_asked_for(exam: SitExam) -> None:
    """A single choice replaces the one before; of a multiple response one more than wanted is refused."""
    paper = exam.choice("all", 10_000)
    library = the_library()
    two = next(one for one in paper.questions if len(library.key(one.question_id, one.seed)) == 2)
    one = next(one for one in paper.questions if len(library.key(one.question_id, one.seed)) == 1)
    room = exam.begin(replace(paper, questions=(one, two)), "exam")
    room.choose(0, one.option_order[0])
    room.choose(0, one.option_order[1])
    assert chosen_in(room, 0) == [one.option_order[1]]
    room.choose(0, one.option_order[1])
    assert chosen_in(room, 0) == []
    room.choose(1, two.option_order[0])
    assert room.half_done == {1}
    assert room.answered == 0
    room.choose(1, two.option_order[1])
    assert room.half_done == frozenset()
    assert room.answered == 1
    with pytest.raises(UsageError, match="Already 2"):
        room.choose(1, two.option_order[2])
    with pytest.raises(UsageError, match="no option 'nothing'"):
        room.answer(1, ("nothing",))


# Time


def test_time_up_while_away_hands_in_what_was_answered(exam: SitExam, url: str, clock: Clock) -> None:
    """Coming back after the end: handed in, the answers count, and the last question got no time beyond the end."""
    room = begun(exam)
    room.show(0)
    room.answer(0, key_of(room, 0))
    clock.turn(60 * 24 * 3)
    later = exam_at(url, clock)
    assert later.unfinished() == ()
    (past,) = later.history()
    result = past.result()
    assert (result.raw.right, result.blank) == (1, (1, 2, 3, 4))
    assert result.marked[0].seconds == 600
    assert len(later.memory.answers()) == 1


def test_after_the_end_nothing_is_taken(exam: SitExam, clock: Clock) -> None:
    """An answer a second too late is refused, and what was there before is what is handed in."""
    room = begun(exam)
    room.answer(0, key_of(room, 0))
    clock.turn(10)
    assert room.over
    with pytest.raises(UsageError, match="time is up"):
        room.answer(0, (wrong_of(room, 0),))
    assert room.submit().raw.right == 1
    with pytest.raises(UsageError, match="handed in"):
        room.flag(0)


def test_a_clock_set_back_gives_no_time_back(exam: SitExam, url: str, clock: Clock) -> None:
    """Neither at once nor after going on in another tutor."""
    room = begun(exam)
    clock.turn(6)
    room.answer(0, key_of(room, 0))
    clock.turn(-120)
    assert room.seconds_left() == 240
    room.answer(1, key_of(room, 1))
    assert exam_at(url, clock).room(room.sitting.id).seconds_left() == 240


def test_a_pause_holds_over_leaving(url: str, clock: Clock) -> None:
    """Practice that was paused and left has lost no time a day later."""
    exam = exam_at(url, clock)
    room = exam.begin(exam.choice("limits", 3, topics=("limits",), minutes=10), "practice")
    clock.turn(4)
    room.pause()
    clock.turn(60 * 24)
    (left,) = exam_at(url, clock).unfinished()
    later = exam_at(url, clock).room(left.begun.id)
    with pytest.raises(UsageError, match="resume it first"):
        later.flag(0)
    later.resume()
    assert later.seconds_left() == 360


# Questions that changed, two tutors, and sudden deaths


def test_a_question_that_changed_since_neither_gives_nor_takes(tmp_path: Path, url: str) -> None:
    """It is void: not shown, not explained, not counted; what was answered of it does not reach the claims."""
    library = SmallLibrary(tmp_path)
    exam = exam_at(url, library=library)
    room = exam.begin(exam.choice("all", 3), "exam")
    changed = room.sitting.paper.questions[1].question_id
    for number, question in enumerate(room.sitting.paper.questions):
        room.answer(number, library.key(question.question_id))
    library.change_scenario(changed)
    later = exam_at(url, library=library).room(room.sitting.id)
    assert later.question(1) is None
    result = later.submit()
    assert (result.void, result.raw.asked, result.raw.right) == ((1,), 2, 2)
    assert later.feedback(1) is None
    assert changed not in {answer.question_id for answer in exam.memory.answers()}


def test_two_tutors_on_one_sitting_lose_nothing_of_each_other(exam: SitExam, url: str) -> None:
    """What the other one did is taken over before anything is added."""
    mine = begun(exam)
    other = exam_at(url).room(mine.sitting.id)
    mine.answer(0, key_of(mine, 0))
    other.answer(1, key_of(mine, 1))
    other.flag(0)
    mine.note(0, "seen")
    assert mine.sitting == exam_at(url).room(mine.sitting.id).sitting
    state = mine.sitting.questions
    assert (state[0].chosen, state[0].flagged, state[1].chosen) == (key_of(mine, 0), True, key_of(mine, 1))


def test_only_one_tutor_can_hand_in(exam: SitExam, url: str) -> None:
    """The second one gets the same result; the answers are kept once, and nothing is taken after it."""
    mine = begun(exam)
    other = exam_at(url).room(mine.sitting.id)
    mine.answer(0, key_of(mine, 0))
    first = mine.submit()
    assert other.submit() == first
    assert len(exam.memory.answers()) == 1
    late = exam_at(url).room(mine.sitting.id)
    with pytest.raises(UsageError, match="handed in"):
        late.answer(1, key_of(mine, 1))


def test_events_of_two_machines_in_one_record_do_no_harm(exam: SitExam) -> None:
    """Where a merge put an answer behind the end, the sitting still stands as it was handed in."""
    room = begun(exam)
    room.submit()
    late = SittingEvent("answered", NOON, 0, key_of(room, 0))
    assert exam.memory.add_sitting_event(room.sitting.id, late)
    (past,) = exam.history()
    assert past.sitting.phase is Phase.SUBMITTED
    assert past.result().blank == (0, 1, 2, 3, 4)


def test_a_database_copied_to_another_machine_goes_on_there(exam: SitExam, url: str, tmp_path: Path) -> None:
    """Mid-sitting, to a clock that is behind: the copy has every answer and no more time; each of both ends alone."""
    room = begun(exam)
    room.answer(0, key_of(room, 0))
    (tmp_path / "there").mkdir()
    for file in tmp_path.glob("tutor.db*"):
        (tmp_path / "there" / file.name).write_bytes(file.read_bytes())
    behind = Clock(NOON - timedelta(days=3))
    there = exam_at(f"sqlite:///{tmp_path / 'there' / 'tutor.db'}", behind)
    (left,) = there.unfinished()
    copy = there.room(left.begun.id)
    assert chosen_in(copy, 0) == list(key_of(room, 0))
    assert copy.seconds_left() == 600
    copy.answer(1, key_of(copy, 1))
    assert copy.submit().raw.right == 2
    assert room.submit().raw.right == 1
    assert len(exam.memory.answers()) == 1


def told_by(url: str, sitting_id: str, moments: int, writers: int = 1) -> list[list[list[list[object]]]]:
    """What the sitters told, moment by moment, writer by writer, before they were killed."""
    command = [sys.executable, "-m", "tests.usecases.sitter", url, sitting_id, "seed", str(moments), str(writers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("moments", [ALL_AT_ONCE, pytest.param(200, marks=pytest.mark.wide)])
def test_a_kill_at_any_moment_loses_no_answer(exam: SitExam, url: str, moments: int) -> None:
    """Kill -9 while answering, again and again: every answer that was told to be kept is kept, in its order."""
    room = begun(exam, minutes=None)
    told = [answer for (of_one,) in told_by(url, room.sitting.id, moments) for answer in of_one]
    events = exam.record(room.sitting.id).events
    kept = iter([[event.question, event.detail[0]] for event in events])
    assert len(told) >= moments
    assert all(answer in kept for answer in told)  # each found behind the one before
    assert len(told) <= len(events) <= len(told) + moments  # at most one kept and not told yet, each time
    last = exam.room(room.sitting.id)
    last.answer(0, key_of(last, 0))
    assert last.submit().marked[0].right


def test_two_writers_that_are_killed_lose_nothing_of_each_other(exam: SitExam, url: str) -> None:
    """The same with two processes on one sitting at the same time."""
    room = begun(exam, minutes=None)
    told = [of_one for moment in told_by(url, room.sitting.id, 2, writers=2) for of_one in moment]
    events = [[event.question, event.detail[0]] for event in exam.record(room.sitting.id).events]
    assert sum(map(len, told)) <= len(events) <= sum(map(len, told)) + len(told)
    for of_one in told:
        kept = iter(events)
        assert all(answer in kept for answer in of_one)
    exam.room(room.sitting.id).submit()
