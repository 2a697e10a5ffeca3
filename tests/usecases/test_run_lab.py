"""Working on a lab: the copy, runs, grades, hints, the solution and resets, on a scripted sandbox."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.course import PRICES
from tests.fakes.functions import Call, FakeFunctions, Outcome, a_timeout, an_invocation
from tests.fakes.parts import NOON, SmallLibrary
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.billing import cost
from tutor.awslambda.invocation import Invocation
from tutor.errors import ContentError, HostError, ServiceError, UsageError
from tutor.store.memory import DatabaseMemory, open_memory
from tutor.study.course import Lab, Run
from tutor.usecases.run_lab import RunLab, run_folder
from tutor.usecases.trial import Trial

LAB = "limits/every-limit/outgrows-memory"
RIGHT = an_invocation({"rows": 400})
WRONG = an_invocation({"rows": 0})


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[DatabaseMemory]:
    memory = open_memory(f"sqlite:///{tmp_path / 'tutor.db'}")
    yield memory
    memory.close()


@pytest.fixture
def functions() -> FakeFunctions:
    return FakeFunctions([WRONG, RIGHT])


@pytest.fixture
def labs(tmp_path: Path, memory: DatabaseMemory, functions: FakeFunctions) -> RunLab:
    return RunLab(
        SmallLibrary(tmp_path), Trial(functions, QUOTAS, PRICES), memory, tmp_path / "workspace", lambda: NOON
    )


def what_happened(memory: DatabaseMemory) -> list[str]:
    return [act.what for act in memory.acts()]


def test_opening_gives_a_copy_and_where_one_stands(labs: RunLab, memory: DatabaseMemory) -> None:
    """The copy lies in the workspace under the lab's id; that it was opened is remembered once."""
    assert not labs.begun(LAB)
    state = labs.open(LAB)
    labs.open(LAB)
    assert labs.begun(LAB)
    assert state.folder == labs.workspace / LAB
    assert state.files == (Path("lambda_function.py"),)
    assert (state.passed, state.hints_shown, state.solution_shown, state.can_undo_reset) == (False, 0, False, False)
    assert what_happened(memory) == ["lab opened"]


def test_a_run_is_graded_and_stored_when_it_returns(labs: RunLab, memory: DatabaseMemory) -> None:
    """A failed and then a passed run are two attempts; afterwards the lab counts as passed."""
    labs.open(LAB)
    first, second = labs.run(LAB), labs.run(LAB)
    assert (first.grade.passed, second.grade.passed) == (False, True)
    assert first.refused is None
    assert second.cost == cost(second.invocations[0], PRICES)
    attempts = memory.lab_attempts()
    assert [attempt.passed for attempt in attempts] == [False, True]
    assert attempts[0].verdicts == (("answers", "fails"), ("stays_small", "holds"))
    assert (attempts[0].claims, attempts[0].content_hash, attempts[0].attempted_at) == (("LIM-002",), "lab-1", NOON)
    assert labs.open(LAB).passed


def test_a_pass_stays_a_pass(labs: RunLab, functions: FakeFunctions) -> None:
    """Breaking a solved lab again takes nothing back."""
    functions.script = [RIGHT, WRONG]
    labs.open(LAB)
    labs.run(LAB)
    assert not labs.run(LAB).grade.passed
    assert labs.open(LAB).passed


def test_the_run_uses_the_copy_and_the_labs_settings(labs: RunLab, functions: FakeFunctions) -> None:
    """The sandbox gets the learner's folder, the lab's configuration and events, and is closed afterwards."""
    state = labs.open(LAB)
    labs.run(LAB)
    (call,) = functions.calls
    assert (call.code, call.event) == (state.folder, {"rows": 400})
    assert (call.configuration.memory_size, call.configuration.timeout) == (128, 3)
    assert call.configuration.function_name == "outgrows-memory"
    assert functions.closed == 1


def test_the_learners_template_replaces_the_settings(labs: RunLab, functions: FakeFunctions) -> None:
    """What template.yaml says is what the function is created with."""
    folder = labs.open(LAB).folder
    (folder / "template.yaml").write_text(
        "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {MemorySize: 256}}}"
    )
    labs.run(LAB)
    assert functions.created[0].memory_size == 256


def test_runs_share_an_environment_unless_they_ask_for_a_fresh_one(
    labs: RunLab, functions: FakeFunctions, tmp_path: Path
) -> None:
    """``fresh`` renews the environment before its run, and each run is told as it ends."""
    lab = replace(labs.library.lab(LAB), runs=(Run("a", 1, fresh=True), Run("b", 2), Run("c", 3, fresh=True)))
    told: list[tuple[int, Invocation]] = []
    run = run_folder(lab, lab.starter, Trial(functions, QUOTAS, PRICES), lambda *seen: told.append(seen))
    assert [(call.event, call.cold) for call in functions.calls] == [(1, True), (2, False), (3, True)]
    assert told == list(enumerate(run.invocations))


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        ("template", "template.yaml, line 1"),
        ("empty", "There is no file"),
        ("link", "symbolic link"),
        ("gone", "There is no file"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_sentence(
    labs: RunLab, memory: DatabaseMemory, break_it: str, says: str
) -> None:
    """A broken template, an empty folder, a link outwards: a sentence, every demand fails, the attempt is stored."""
    folder = labs.open(LAB).folder
    if break_it == "template":
        (folder / "template.yaml").write_text("Resources: [")
    elif break_it == "link":
        (folder / "more.py").symlink_to("/etc/passwd")
    else:
        (folder / "lambda_function.py").unlink()
        if break_it == "gone":
            folder.rmdir()
    run = labs.run(LAB)
    assert run.refused is not None
    assert says in run.refused
    assert run.invocations == ()
    assert {verdict.why for verdict in run.grade.verdicts} == {run.refused}
    assert not memory.lab_attempts()[0].passed


def test_what_aws_refuses_is_told_in_its_words(labs: RunLab, functions: FakeFunctions) -> None:
    """A memory size of 64 gives AWS's own text."""
    functions.refuses = ServiceError("ValidationException", "Value '64' at 'memorySize'")
    labs.open(LAB)
    assert labs.run(LAB).refused == "ValidationException: Value '64' at 'memorySize'"


def test_a_refusal_in_the_middle_keeps_what_was_run(labs: RunLab, functions: FakeFunctions) -> None:
    """The invocations before the refused one are shown and paid for; the grade fails; nothing stays open."""
    refusal = ServiceError("RequestTooLargeException", "Request must be smaller than 6291456 bytes")
    functions.script = [RIGHT, refusal]
    lab = replace(labs.library.lab(LAB), runs=(Run("a", 1), Run("b", 2)))
    run = run_folder(lab, lab.starter, Trial(functions, QUOTAS, PRICES))
    assert (len(run.invocations), run.refused, run.grade.passed) == (1, str(refusal), False)
    assert run.cost > 0
    assert functions.closed == 1


def test_a_host_that_cannot_run_it_stores_nothing(
    labs: RunLab, functions: FakeFunctions, memory: DatabaseMemory
) -> None:
    """What the host lacks is not the learner's failure."""
    functions.refuses = HostError("no namespaces")
    labs.open(LAB)
    with pytest.raises(HostError):
        labs.run(LAB)
    assert memory.lab_attempts() == ()


def test_broken_checks_store_nothing(labs: RunLab, memory: DatabaseMemory) -> None:
    """What the author got wrong is not the learner's failure either."""
    labs.open(LAB)
    labs.library.lab(LAB).checks.write_text("oops(")
    with pytest.raises(ContentError):
        labs.run(LAB)
    assert memory.lab_attempts() == ()


def test_a_timeout_is_a_value_that_is_graded(labs: RunLab, functions: FakeFunctions) -> None:
    """What the function did, however badly, is graded by the checks."""
    functions.script = [a_timeout()]
    labs.open(LAB)
    run = labs.run(LAB)
    assert run.refused is None
    assert run.grade.failed() == ("answers",)


def test_hints_come_one_at_a_time_and_end(labs: RunLab) -> None:
    """Each asking shows one more, those shown stay shown, and after the last there is none."""
    labs.open(LAB)
    assert labs.hints(LAB) == ()
    assert labs.next_hint(LAB) == "The event holds the number."
    assert labs.next_hint(LAB) == 'Return `event["rows"]`.'
    assert labs.next_hint(LAB) is None
    assert len(labs.hints(LAB)) == 2
    assert labs.open(LAB).hints_shown == 2


def test_a_solution_looked_at_before_passing_is_marked(labs: RunLab, memory: DatabaseMemory) -> None:
    """The attempt that follows says that the solution had been shown; asking twice is one act."""
    labs.open(LAB)
    assert 'event["rows"]' in labs.solution(LAB)["lambda_function.py"]
    labs.solution(LAB)
    labs.run(LAB)
    assert what_happened(memory).count("solution shown") == 1
    assert memory.lab_attempts()[0].solution_shown
    assert labs.open(LAB).solution_shown


def test_a_solution_looked_at_after_passing_is_not_marked(
    labs: RunLab, functions: FakeFunctions, memory: DatabaseMemory
) -> None:
    """Comparing one's own with the author's afterwards costs nothing."""
    functions.script = [RIGHT]
    labs.open(LAB)
    labs.run(LAB)
    labs.solution(LAB)
    assert "solution shown" not in what_happened(memory)


def test_a_reset_can_be_undone(labs: RunLab, memory: DatabaseMemory) -> None:
    """The starter comes back, and with undo the work; that it was reset is remembered."""
    file = labs.open(LAB).folder / "lambda_function.py"
    starter = file.read_text()
    file.write_text("mine")
    assert labs.reset(LAB).can_undo_reset
    assert file.read_text() == starter
    labs.undo_reset(LAB)
    assert file.read_text() == "mine"
    assert "lab reset" in what_happened(memory)


def test_there_is_nothing_to_undo_without_a_reset(labs: RunLab) -> None:
    """Undo before any reset is refused with a sentence."""
    labs.open(LAB)
    with pytest.raises(UsageError, match="has not been reset"):
        labs.undo_reset(LAB)


def test_the_course_s_own_folders_are_graded_alike(labs: RunLab) -> None:
    """A starter and a solution are run by the same rules as the learner's copy; nothing is stored."""

    def by_code(call: Call) -> Outcome:
        assert isinstance(call.code, Path)
        return RIGHT if call.code.name == "solution" else WRONG

    lab: Lab = labs.library.lab(LAB)
    functions = FakeFunctions(by_code)
    assert run_folder(lab, lab.solutions[0], Trial(functions, QUOTAS, PRICES)).grade.passed
    assert run_folder(lab, lab.starter, Trial(functions, QUOTAS, PRICES)).grade.failed() == ("answers",)
