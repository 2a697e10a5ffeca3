"""The stage and the experiments that run on it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.functions import ENFORCED, FakeFunctions, an_invocation
from tests.fakes.quotas import QUOTAS
from tutor.errors import ContentError, HostError, ServiceError
from tutor.usecases.experiment import observe
from tutor.usecases.staging import Staging

if TYPE_CHECKING:
    from tutor.usecases.stage import Stage

Write = Callable[[str], Path]


@pytest.fixture
def experiment(tmp_path: Path) -> Write:
    """Writes an experiment with this text."""

    def write(text: str) -> Path:
        path = tmp_path / "experiment.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_staging_is_a_stage() -> None:
    """What authors are promised in ``Stage`` is what they get."""
    stage: Stage = Staging(FakeFunctions(), QUOTAS)
    assert stage.function("x").invoke() is not None


def test_what_is_left_out_has_awss_default() -> None:
    """Code alone is enough; the defaults come from the quotas."""
    functions = FakeFunctions()
    with Staging(functions, QUOTAS) as stage:
        stage.function("CODE").invoke()
    made = functions.created[0]
    assert (made.memory_size, made.timeout, made.ephemeral_storage) == (128, 3, 512)
    assert made.handler == "lambda_function.lambda_handler"
    assert made.runtime.startswith("python3.")
    assert functions.calls[0].code == {"lambda_function.py": "CODE"}
    assert functions.calls[0].event == {}


def test_configuration_and_files_are_handed_on() -> None:
    """AWS's names in snake_case reach the function, and a mapping of files stays one."""
    functions = FakeFunctions()
    with Staging(functions, QUOTAS) as stage:
        stage.function({"a.py": "A"}, handler="a.b", timeout=7, environment={"K": "v"}).invoke({"n": 1})
    assert functions.created[0].handler == "a.b"
    assert functions.created[0].timeout == 7
    assert functions.created[0].environment == {"K": "v"}
    assert functions.calls[0].code == {"a.py": "A"}
    assert functions.calls[0].event == {"n": 1}


def test_every_function_is_closed_after_an_error(experiment: Write) -> None:
    """Nothing stays behind when an experiment breaks off."""
    functions = FakeFunctions()
    path = experiment(
        "def observe(stage):\n    stage.function('A').invoke()\n    stage.function('B')\n    return {}['x']\n"
    )
    with pytest.raises(ContentError):
        observe(path, {}, lambda: Staging(functions, QUOTAS))
    assert functions.closed == 2


def test_every_function_is_closed_when_closing_one_fails() -> None:
    """A function that cannot be closed does not keep the others open."""
    functions = FakeFunctions()
    stage = Staging(functions, QUOTAS)
    stage.function("A")
    last = stage.function("B")

    def refuse() -> None:
        raise HostError("it stays")

    last._running.close = refuse  # type: ignore[method-assign]
    stage._closing.callback(refuse)
    with pytest.raises(HostError):
        stage.__exit__(None, None, None)
    assert functions.closed == 2


def test_enforcement_is_the_weakest_over_all_invocations() -> None:
    """A limit that was open in one invocation is told as open."""
    functions = FakeFunctions(
        [an_invocation(), an_invocation(enforcement={**ENFORCED, "memory": "none"}), an_invocation()]
    )
    with Staging(functions, QUOTAS) as stage:
        function = stage.function("A")
        for _ in range(3):
            function.invoke()
    assert stage.enforcement["memory"] == "none"
    assert stage.enforcement["timeout"] == "supervisor"
    assert len(stage.invocations) == 3


def test_observe_returns_what_was_seen(experiment: Write) -> None:
    """An experiment gets the stage and its given, and its mapping comes back with the invocations."""
    path = experiment("def observe(stage, n):\n    return {'n': n, 'got': stage.function('x').invoke().payload['a']}\n")
    sight = observe(path, {"n": 3}, lambda: Staging(FakeFunctions([an_invocation({"a": "b"})]), QUOTAS))
    assert sight.seen == {"n": 3, "got": "b"}
    assert len(sight.invocations) == 1
    assert sight.enforcement["memory"] == "cgroup-v2"


def test_a_refusal_can_be_caught_by_an_author(experiment: Write) -> None:
    """AWS's refusal is a ValueError with a code, for a file that imports nothing of ours."""
    path = experiment(
        "def observe(stage):\n    try:\n        stage.function('x', memory_size=64)\n"
        "    except ValueError as refusal:\n        return {'refused': refusal.code}\n"
    )
    functions = FakeFunctions(refuses=ServiceError("ValidationException", "no"))
    assert observe(path, {}, lambda: Staging(functions, QUOTAS)).seen == {"refused": "ValidationException"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("def look(stage):\n    return {}\n", 1, "no function observe"),
        ("def observe(stage)\n    return {}\n", 1, "no Python"),
        ("import nowhere_to_be_found\n", 1, "ModuleNotFoundError"),
        ("\ndef observe(stage):\n    return {}['x']\n", 3, "KeyError: 'x'"),
        ("def observe(stage):\n    assert False, 'never'\n", 2, "never"),
        ("def look():\n    return {}['x']\n\ndef observe(stage):\n    return look()\n", 2, "KeyError: 'x'"),
        ("def observe(stage, needed):\n    return {}\n", 1, "needed"),
        ("def observe(stage):\n    return [1]\n", 1, "mapping"),
        ("def observe(stage):\n    return {'a': [1]}\n", 1, "'a' is [1]"),
        ("def observe(stage):\n    return {1: 1}\n", 1, "1 is 1"),
        ("def observe(stage):\n    return {'a': float('nan')}\n", 1, "nan"),
        ("def observe(stage):\n    stage.function('x', memory=64)\n", 2, "no setting 'memory'"),
        ("def observe(stage):\n    stage.function('x', environment={'A': 1})\n", 2, "environment must map"),
    ],
)
def test_a_broken_experiment_is_told_with_file_and_line(experiment: Write, text: str, line: int, said: str) -> None:
    """An author's slip is a problem with its place, never a traceback."""
    path = experiment(text)
    with pytest.raises(ContentError) as caught:
        observe(path, {}, lambda: Staging(FakeFunctions(), QUOTAS))
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    assert problem.line == line
    assert said in problem.message


def test_an_unknown_setting_has_its_nearest_name(experiment: Write) -> None:
    """A wrong name is told with the right one."""
    path = experiment("def observe(stage):\n    stage.function('x', memorysize=64)\n")
    with pytest.raises(ContentError, match="did you mean 'memory_size'"):
        observe(path, {}, lambda: Staging(FakeFunctions(), QUOTAS))


def test_a_refusal_that_is_not_caught_is_the_authors(experiment: Write) -> None:
    """An experiment that stumbles over AWS's refusal is broken, with AWS's text and the line."""
    path = experiment("def observe(stage):\n    stage.function('x', memory_size=64)\n")
    functions = FakeFunctions(refuses=ServiceError("ValidationException", "too small"))
    with pytest.raises(ContentError, match=r"py:2: .*does not catch it.*too small"):
        observe(path, {}, lambda: Staging(functions, QUOTAS))


def test_a_fault_of_the_host_passes_through(experiment: Write) -> None:
    """A host that cannot run it is not the author's fault."""
    path = experiment("def observe(stage):\n    return {'a': stage.function('x').invoke().payload}\n")
    with pytest.raises(HostError):
        observe(path, {}, lambda: Staging(FakeFunctions(refuses=HostError("no namespaces")), QUOTAS))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """An experiment that is not there is a problem of the content."""
    with pytest.raises(ContentError, match="cannot be read"):
        observe(tmp_path / "gone.py", {}, lambda: Staging(FakeFunctions(), QUOTAS))
