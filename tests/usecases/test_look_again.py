"""Running a situation once more with other settings: on the real region, and with what nobody foresaw."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions, a_failure, an_invocation
from tests.fakes.quotas import QUOTAS
from tests.fakes.shelf import a_scenario
from tutor.usecases.look_again import look_again
from tutor.usecases.patience import OverTime, Patience, PatientClock
from tutor.usecases.setting import Setting, Settings
from tutor.usecases.staging import Staging
from tutor.usecases.trial import numbers_of
from tutor.wiring import Tutor

ASYNC = '''
import io, json, zipfile

CODE = """
def handler(event, context):
    print("RAN")
    raise ValueError("boom")
"""


def observe(stage, events=1):
    iam, functions = stage.client("iam"), stage.client("lambda")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", CODE)
    functions.create_function(
        FunctionName="f", Role=role, Runtime="python3.13", Handler="app.handler", Code={"ZipFile": package.getvalue()}
    )
    stage.clock.drain()
    for _ in range(events):
        functions.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    before = stage.clock.now()
    stage.clock.drain()
    return {"seconds": round(stage.clock.now() - before)}
'''


@pytest.fixture
def experiment(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "experiment.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def staged(settings: Settings, seconds: float = 60) -> Staging:
    """A stage of the real sandbox and region."""
    tutor = Tutor()
    return Staging(tutor.functions, tutor.quotas, tutor.regions, settings, Patience(seconds))


def test_what_was_never_named_can_be_changed(experiment: Callable[[str], Path]) -> None:
    """Promise: an event that fails is tried once where no retries are set, though the author set nothing at all."""
    path = experiment(ASYNC)
    as_it_was = Settings()
    assert len(look_again(path, {}, staged(as_it_was)).invocations) == 3
    retries = next(one for one in as_it_was.noted if one.name == "maximum retry attempts")
    memory = next(one for one in as_it_was.noted if one.name == "memory size")
    again = look_again(path, {}, staged(Settings({retries: 0, memory: 256})))
    assert [one.report.memory_size_mb for one in again.invocations] == [256]
    assert again.observed is not None
    assert again.observed["seconds"] < 60


def test_what_aws_refuses_is_an_outcome(experiment: Callable[[str], Path]) -> None:
    """Promise: a setting out of AWS's bounds is told in AWS's own words, through the region and on the stage."""
    path = experiment(ASYNC)
    timeout = Setting("function", "timeout", 3, "s", 1, 900)
    again = look_again(path, {}, staged(Settings({timeout: 901})))
    assert again.observed is None
    assert "AWS refuses it. " in again.why
    assert "901" in again.why
    direct = experiment("def observe(stage):\n    stage.function('', memory_size=128).invoke()\n    return {}\n")
    memory = Setting("function", "memory size", 128, "MB", 128, 10240)
    again = look_again(direct, {}, staged(Settings({memory: 64})))
    assert again.why.startswith("AWS refuses it. ")
    assert "memorySize" in again.why


def test_an_outcome_that_the_author_did_not_foresee_is_told(experiment: Callable[[str], Path]) -> None:
    """Promise: an experiment that stumbles over it is no fault of anybody; what ran is there to be seen."""
    path = experiment("def observe(stage):\n    return {'x': stage.function('').invoke().payload['x']}\n")
    stage = Staging(FakeFunctions([a_failure()]), QUOTAS)
    again = look_again(path, {}, stage)
    assert again.observed is None
    assert "KeyError: 'x'" in again.why
    assert len(again.invocations) == 1


def test_a_loop_that_would_not_end_is_given_up(experiment: Callable[[str], Path]) -> None:
    """Promise: nobody waits for ever, whatever a setting does to an experiment's loop."""
    path = experiment("def observe(stage):\n    f = stage.function('')\n    while True:\n        f.invoke()\n")
    stage = Staging(FakeFunctions([an_invocation({})]), QUOTAS, patience=Patience(0.05))
    again = look_again(path, {}, stage)
    assert again.observed is None
    assert "given up" in again.why


class StuckClock:
    """A staged clock that never gets to its end."""

    waited: float | None = None

    def now(self) -> float:
        return 0.0

    def advance(self, seconds: float) -> None: ...

    def pause(self) -> None: ...

    def run(self) -> None: ...

    def drain(self, timeout: float | None = None) -> bool:
        self.waited = timeout
        return False


def test_a_region_that_is_never_done_is_given_up() -> None:
    """Promise: waiting for everything that is due has an end too, at the same moment."""
    moments = iter([0.0, 1.0, 60.0, 61.0])
    clock = StuckClock()
    patient = PatientClock(clock, Patience(60, lambda: next(moments)))
    with pytest.raises(OverTime):
        patient.drain()
    assert clock.waited == 59.0


def test_the_numbers_of_a_question_are_settings_and_so_are_its_switches() -> None:
    """A number up to ten times as much, on or off, and no text: under the names that the experiment knows."""
    given = {"wait_ms": 300, "renamed": False, "name": "orders", "none": 0}
    number, switch = numbers_of(a_scenario([], given=given))
    assert (number.title, number.key, number.bounds) == ("question: wait ms", "wait_ms", "0 to 3,000")
    assert (switch.title, switch.key, switch.told(switch.value)) == ("question: renamed", "renamed", "off")
