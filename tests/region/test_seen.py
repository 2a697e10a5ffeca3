"""The region as a person sees it, over a real one: looked at, invoked, stepped through, closed with its state kept."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.region.conftest import Opens, a_function, a_role
from tutor import locations
from tutor.content.library import ContentLibrary
from tutor.errors import ServiceError, StoreError, UsageError
from tutor.region.region import Region
from tutor.region.seen import SeenRegion
from tutor.usecases.deploy_example import ROLE, Deployable, DeployExample
from tutor.usecases.see_region import FunctionKey, SeeRegion, Wish
from tutor.usecases.workspace import Workspace

BOOM = "def handler(event, context):\n    print('seen', event)\n    raise ValueError('boom')\n"
HELLO = "def handler(event, context):\n    return {'hello': event['name']}\n"
F = FunctionKey("us-east-1", "f")


@pytest.fixture
def deploying(tmp_path: Path) -> DeployExample:
    """The real course, with no lab begun."""
    return DeployExample(ContentLibrary(locations.content_root(), tmp_path / "cache"), Workspace(tmp_path / "work"))


@pytest.fixture
def region(opens: Opens) -> Region:
    """The region that is looked at."""
    return opens("looked-at")


@pytest.fixture
def seeing(region: Region, deploying: DeployExample) -> Iterator[SeeRegion]:
    """Looks at it."""
    seeing = SeeRegion(lambda: SeenRegion(region), deploying)
    yield seeing
    seeing.close()


def test_everything_of_a_function_is_seen(region: Region, seeing: SeeRegion) -> None:
    """Versions, aliases with weights, concurrency, event sources, retries and addresses, each in AWS's words."""
    a_function(region, HELLO, MemorySize=256)
    functions = region.client("lambda")
    for _ in range(2):
        functions.publish_version(FunctionName="f")
        functions.update_function_configuration(FunctionName="f", Timeout=9)
        region.clock.drain()
    functions.create_alias(
        FunctionName="f",
        Name="live",
        FunctionVersion="2",
        RoutingConfig={"AdditionalVersionWeights": {"1": 0.1}},
    )
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=5)
    functions.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=1)
    url = functions.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]
    queue = region.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    arn = region.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    functions.create_event_source_mapping(FunctionName="f", EventSourceArn=arn["QueueArn"], Enabled=False)
    region.clock.drain()
    view = seeing.look()
    detail = view.detail
    assert [(row.key, row.memory_size, row.timeout, row.state) for row in view.functions] == [(F, 256, 9, "Active")]
    assert detail is not None
    assert [version.version for version in detail.versions] == ["$LATEST", "1", "2"]
    assert [(alias.name, alias.weights) for alias in detail.aliases] == [("live", (("2", 0.9), ("1", 0.1)))]
    assert detail.reserved == 5
    assert [(mapping.source, mapping.state) for mapping in detail.mappings] == [(arn["QueueArn"], "Disabled")]
    assert detail.failing == ("retries of $LATEST: 1",)
    assert detail.urls == (url,)


def test_an_invocation_is_seen_with_its_run_its_log_and_its_metrics(region: Region, seeing: SeeRegion) -> None:
    """What is invoked from here comes back as a value that can be drawn, and is in logs and metrics at once."""
    a_function(region, HELLO)
    run = seeing.invoke(F, Wish('{"name": "Ada"}'))
    assert run is not None
    assert run.payload == {"hello": "Ada"}
    assert [phase.name for phase in run.phases] == ["INIT", "INVOKE"]
    view = seeing.look(F)
    assert view.runs == (run,)
    assert [(line.kind, line.function, line.text) for line in view.happened] == [("invoke", "f", "succeeded")]
    assert seeing.look(F, since=view.happened[-1].order).happened == ()
    (stream,) = seeing.streams(F)
    assert any(line.startswith("REPORT RequestId") for line in stream.lines)
    measured = {measure.name: measure.value for measure in seeing.measures(F)}
    assert (measured["Invocations"], measured["Errors"]) == (1, 0)


def test_a_failing_event_is_followed_step_by_step(region: Region, seeing: SeeRegion) -> None:
    """A paused clock lets each retry happen alone; the queue says when the next is due."""
    a_function(region, BOOM)
    assert seeing.toggle_clock()
    begun = seeing.look().clock.now
    assert seeing.invoke(F, Wish('{"id": 7}', queued=True)) is None
    seen: list[tuple[int, float]] = []
    while event := next(iter(seeing.look().waiting), None):
        seen.append((event.attempt, event.due - begun))
        assert seeing.step()
        seen_now = event.attempt
        _until(lambda now=seen_now: not [e for e in seeing.look().waiting if e.attempt == now])
    assert seen == [(1, 0), (2, 60), (3, 180)]
    _until(lambda: not seeing.look().clock.due)
    assert not seeing.step()
    assert seeing.look().clock.paused


def test_the_clock_goes_as_far_as_it_is_told(region: Region, seeing: SeeRegion) -> None:
    """Paused, it advances by a minute and no further; forward it ends all that waits and is paused again."""
    a_function(region, BOOM)
    seeing.toggle_clock()
    seeing.invoke(F, Wish("{}", queued=True))
    seeing.advance(10)
    _until(lambda: [event.attempt for event in seeing.look().waiting] == [2])
    seeing.advance(60)
    _until(lambda: [event.attempt for event in seeing.look().waiting] == [3])
    assert seeing.forward()
    view = seeing.look()
    assert view.waiting == ()
    assert view.clock.paused
    assert [line.attempt for line in view.happened if line.function == "f"] == [1, 2, 3]
    assert not seeing.toggle_clock()


def _until(holds: Any) -> None:
    """Wait until something holds that other threads do; the suite's own patience ends it."""
    import time

    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_refusals_are_aws_own_words(region: Region, seeing: SeeRegion) -> None:
    """What AWS refuses comes as its error, never as botocore's."""
    a_function(region, HELLO)
    with pytest.raises(ServiceError, match=r"^InvalidRequestContentException: Could not parse request body"):
        seeing.invoke(F, Wish("{"))
    with pytest.raises(ServiceError, match=r"^ResourceNotFoundException: Function not found: .*:f:no$"):
        seeing.invoke(F, Wish("{}", "no"))
    with pytest.raises(UsageError, match="FunctionName"):
        seeing.invoke(FunctionKey("us-east-1", ""), Wish("{}"))


def test_a_function_that_is_gone_is_replaced_by_the_first(region: Region, seeing: SeeRegion) -> None:
    """Whoever deletes functions beside the screen does not break it; other AWS regions are seen too."""
    assert seeing.look(F).detail is None
    role = a_role(region)
    a_function(region, HELLO, "b", role)
    region.client("lambda", "eu-west-1").create_function(
        FunctionName="a", Role=role, Runtime="python3.13", Handler="x.y", Code={"ZipFile": _package()}
    )
    view = seeing.look(F)
    assert [row.key for row in view.functions] == [FunctionKey("eu-west-1", "a"), FunctionKey("us-east-1", "b")]
    assert view.detail is not None
    assert view.detail.name == "a"


def _package() -> bytes:
    from tests.region.conftest import zipped

    return zipped(HELLO)


def test_an_example_of_the_course_becomes_a_function(region: Region, seeing: SeeRegion) -> None:
    """One choice makes role, layers and function; it answers its own event; deploying again gives it its code again."""
    (layered,) = [found for found in seeing.deployables() if found.settings.layers]
    for _ in range(2):
        key = seeing.deploy(layered)
        region.clock.drain()
    run = seeing.invoke(key, Wish(layered.event))
    assert run is not None
    assert run.function_error is None
    role = region.client("lambda").get_function_configuration(FunctionName=key.name)["Role"]
    assert role.endswith(f":role/{ROLE}")
    assert seeing.streams(key), "the role may not write logs"


def test_somebody_elses_function_is_left_alone(region: Region, seeing: SeeRegion) -> None:
    """A function of the same name that was made otherwise keeps its code."""
    example = seeing.deployables()[0]
    a_function(region, HELLO, example.function_name)
    with pytest.raises(UsageError, match="made by somebody else"):
        seeing.deploy(example)


def test_a_lab_is_offered_once_there_is_a_copy(seeing: SeeRegion, deploying: DeployExample, tmp_path: Path) -> None:
    """What is offered of a lab is the learner's own copy."""

    def labs() -> list[Deployable]:
        return [found for found in seeing.deployables() if found.kind == "lab"]

    assert labs() == []
    lab = deploying.library.lab("limits/every-limit/outgrows-memory")
    deploying.workspace.open(lab.id, lab.starter)
    assert [(found.id, found.folder) for found in labs()] == [(lab.id, tmp_path / "work" / lab.id)]


def test_the_export_lines_lead_to_it_until_it_is_closed(region: Region, seeing: SeeRegion) -> None:
    """The endpoint answers on this host; closing ends that, and what was made is there the next time."""
    a_function(region, HELLO)
    endpoint = seeing.exports().splitlines()[0].removeprefix("export AWS_ENDPOINT_URL=")
    with urllib.request.urlopen(endpoint) as answer:
        assert answer.status == 200
    seeing.close()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(endpoint)
    with pytest.raises(UsageError, match="closed"):
        seeing.look()


def test_a_region_that_another_has_is_told(region: Region, opens: Opens, deploying: DeployExample) -> None:
    """Two tutors at one region: the second is told so, and may try again."""
    second = SeeRegion(lambda: SeenRegion(opens("looked-at")), deploying)
    with pytest.raises(StoreError, match="in use by another tutor"):
        second.look()
    region.close()
    assert second.look().functions == ()
    second.close()


def test_state_is_kept(opens: Opens, deploying: DeployExample) -> None:
    """A region that was closed shows its functions when it is opened again, and says what it lost of the rest."""
    first = SeeRegion(lambda: SeenRegion(opens("kept")), deploying)
    example = first.deployables()[0]
    key = first.deploy(example)
    first.close()
    again = SeeRegion(lambda: SeenRegion(opens("kept")), deploying)
    assert [row.key for row in again.look().functions] == [key]
    run = again.invoke(key, Wish(json.dumps({"name": "Ada"})))
    assert run is not None
    assert run.function_error is None
    again.close()
