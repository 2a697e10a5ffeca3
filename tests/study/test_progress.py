"""Marks and the next step, from events."""

from dataclasses import replace

from tests.store.events import BEGAN, an_answer, an_attempt
from tutor.study.answer import Act, LearnerAct
from tutor.study.course import CourseMap, LessonEntry, UnitEntry
from tutor.study.progress import Done, LessonMarks, NextStep, done, marks_of, next_step, step_after

FIRST = LessonEntry("u/one", "One", 5, (("u/one/a", "Lab A"), ("u/one/b", "Lab B")), ("t/q1", "t/q2"), ())
SECOND = LessonEntry("u/two", "Two", 4, (), (), ())
COURSE = CourseMap((UnitEntry("u", 1, "U", (FIRST, SECOND)),))
NOTHING = Done(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())
FIRST_DONE = Done(
    frozenset({"u/one"}), frozenset({"u/one"}), frozenset({"u/one/a", "u/one/b"}),
    frozenset({"t/q1", "t/q2"}), frozenset({"t/q1", "t/q2"}),
)  # fmt: skip
ALL_DONE = replace(FIRST_DONE, read=frozenset({"u/one", "u/two"}))


def act(what: LearnerAct, item: str) -> Act:
    return Act(what, item, "", BEGAN)


def marks(so_far: Done) -> dict[str, LessonMarks]:
    return {lesson.id: marks_of(lesson, so_far) for lesson in COURSE.lessons}


def step(so_far: Done, due: tuple[str, ...] = ()) -> NextStep:
    return next_step(COURSE, marks(so_far), due)


def after(so_far: Done, kind: str, item: str) -> tuple[str, str]:
    found = step_after(COURSE, marks(so_far), (), kind, item)
    return found.kind, found.id


def test_events_become_what_is_done() -> None:
    """Read, touched, passed, answered and right are gathered from the events; a later failure takes nothing back."""
    lab = an_attempt().lab_id
    passed, failed = replace(an_attempt(1), passed=True), an_attempt(2)
    wrong = replace(an_answer(1, "t/wrong"), chosen=())
    so_far = done([an_answer(), wrong], [passed, failed], [act("lesson opened", "u/one"), act("lesson read", "u/two")])
    assert so_far.read == {"u/two"}
    assert so_far.touched == {"u/one", "u/two", lab}
    assert so_far.passed == {lab}
    assert so_far.answered == {"limits/timeout-kills", "t/wrong"}
    assert so_far.right == {"limits/timeout-kills"}


def test_marks_of_a_lesson_not_begun() -> None:
    """Nothing done: everything is "not yet", and the quiz' size is known."""
    found = marks_of(FIRST, NOTHING)
    assert (found.text, found.quiz, found.whole, found.quiz_size) == ("not yet", "not yet", "not yet", 2)
    assert found.labs == {"u/one/a": "not yet", "u/one/b": "not yet"}


def test_marks_of_a_lesson_under_way() -> None:
    """One part begun or done makes the whole begun; half a quiz is a quiz begun."""
    so_far = replace(
        NOTHING, read=frozenset({"u/one"}), touched=frozenset({"u/one", "u/one/a"}), answered=frozenset({"t/q1"})
    )
    found = marks_of(FIRST, so_far)
    assert (found.text, found.quiz, found.whole) == ("done", "begun", "begun")
    assert found.labs == {"u/one/a": "begun", "u/one/b": "not yet"}
    assert (found.quiz_answered, found.quiz_right) == (1, 0)


def test_a_lesson_without_labs_and_quiz_is_done_when_it_is_read() -> None:
    """What a lesson does not have does not keep it open, and does not begin it."""
    assert marks_of(SECOND, NOTHING).whole == "not yet"
    assert marks_of(SECOND, replace(NOTHING, read=frozenset({"u/two"}))).whole == "done"
    assert marks_of(FIRST, FIRST_DONE).whole == "done"


def test_the_very_first_step_is_to_start() -> None:
    """A newcomer's Enter starts the first lesson; afterwards it goes on."""
    assert step(NOTHING) == NextStep("lesson", "u/one", "Start", "One", 5)
    assert step(replace(NOTHING, touched=frozenset({"u/one"}))).verb == "Go on"


def test_the_course_comes_before_reviews() -> None:
    """Text, labs, quiz, next lesson; what is due is the next step only when the course is finished."""
    so_far = replace(NOTHING, read=frozenset({"u/one"}))
    assert (step(so_far, ("LIM-001",)).kind, step(so_far).id) == ("lab", "u/one/a")
    so_far = replace(so_far, passed=frozenset({"u/one/a", "u/one/b"}))
    assert step(so_far) == NextStep("quiz", "u/one", "Go on", "One", 2)
    assert step(FIRST_DONE).id == "u/two"
    assert step(ALL_DONE, ("LIM-001", "LIM-002")) == NextStep("review", "", "Review", "What is due", 2)
    assert step(ALL_DONE).kind == "finished"


def test_after_a_step_comes_the_next_open_one() -> None:
    """Leaving a lab that is not passed leads on, not back into it; what is done is passed over."""
    assert after(NOTHING, "lesson", "u/one") == ("lab", "u/one/a")
    assert after(NOTHING, "lab", "u/one/a") == ("lab", "u/one/b")
    assert after(NOTHING, "quiz", "u/one") == ("lesson", "u/two")
    assert after(replace(NOTHING, passed=frozenset({"u/one/b"})), "lab", "u/one/a") == ("quiz", "u/one")


def test_after_the_last_step_comes_what_was_left_out() -> None:
    """At the end of the course Enter leads back to the first step that is still open."""
    assert after(replace(NOTHING, read=frozenset({"u/two"})), "lesson", "u/two") == ("lesson", "u/one")
    assert after(ALL_DONE, "lesson", "u/two") == ("finished", "")
    assert after(NOTHING, "review", "") == ("lesson", "u/one")
