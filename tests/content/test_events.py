"""The events of services: every file is sound, every blank is filled in, what is packed can be unpacked."""

import base64
import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tutor import locations
from tutor.content.event_template import EventTemplate, Occasion, filled
from tutor.content.events import FOLDER, check_events, read_event, read_events, services
from tutor.content.reading import Reading
from tutor.errors import ContentError, UsageError

ROOT = locations.content_root()
NOTED = (
    "alb", "alexa-skill", "api-gateway-http", "api-gateway-rest", "cloudformation", "cloudfront", "codecommit",
    "codepipeline", "cognito", "config", "connect", "dynamodb", "eventbridge", "firehose", "function-url", "iot",
    "kinesis", "lex", "logs", "s3", "schedule", "secretsmanager", "ses", "sns", "sqs", "step-functions",
)  # fmt: skip
OCCASION = Occasion(
    region="us-east-1",
    account="123456789012",
    function="f",
    function_arn="arn:aws:lambda:us-east-1:123456789012:function:f",
    now=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
    uuid="00000000-0000-4000-8000-000000000001",
)


def _made(service: str, **chosen: str) -> Any:
    template = read_event(ROOT, service)
    return filled(template.event, {**OCCASION.values(), **template.values(chosen)})


def test_every_service_has_its_event() -> None:
    """All that the notes name as a trigger, and every file is named after its service."""
    events = read_events(ROOT)
    assert set(NOTED) <= set(events)
    assert list(events) == services(ROOT)


@pytest.mark.parametrize("service", services(ROOT))
def test_nothing_stays_blank(service: str) -> None:
    """With no value chosen the event is whole, and it is JSON."""
    text = json.dumps(_made(service))
    assert not re.search(r"\$\{|\"\$(json|gzip|base64|md5|quote)\"", text)


def test_values_that_are_chosen() -> None:
    """They stand in the event, a number as a number; keys of objects as S3 writes them."""
    [record] = _made("s3", bucket="b", key="a b/ä.txt", size="7")["Records"]
    assert record["s3"]["bucket"] == {
        "name": "b",
        "ownerIdentity": {"principalId": "A1TUTOREXAMPLE"},
        "arn": "arn:aws:s3:::b",
    }
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("a+b/%C3%A4.txt", 7)
    assert record["eventTime"] == "2026-01-02T03:04:05.678Z"


def test_packed_parts() -> None:
    """Log events come by gzip and base64, a record's data in base64, a rule's event of Config as text."""
    packed = _made("logs", message="ERROR x")["awslogs"]["data"]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert [each["message"] for each in data["logEvents"]] == ["ERROR x"]
    assert base64.b64decode(_made("kinesis", data="ä")["Records"][0]["kinesis"]["data"]).decode() == "ä"
    assert json.loads(_made("config")["invokingEvent"])["messageType"] == "ConfigurationItemChangeNotification"
    message = _made("sqs", body="hello")["Records"][0]
    assert message["md5OfBody"] == "5d41402abc4b2a76b9719d911017c592"
    assert message["attributes"]["SentTimestamp"] == "1767323045678"


def test_values_that_are_none() -> None:
    """An unknown name is told with the nearest one, and text where a number belongs is refused."""
    with pytest.raises(UsageError, match="did you mean 'bucket'"):
        _made("s3", buckett="b")
    with pytest.raises(UsageError, match="size must be a whole number"):
        _made("s3", size="big")


GOOD = (ROOT / FOLDER / "sns.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("service: sns", "service: other", "its file 'sns'"),
        ("${message}", "${mesage}", "nothing fills in the blank 'mesage'"),
        ("Subject: ${subject}", "Subject: none", "no blank of the event has this name"),
        ("asynchronous", "async", "invocation must be one of"),
        ("invocation: asynchronous", "invocation: polled", "a polled source needs the execution role"),
        ("source: https", "source: http", "source must be an address"),
        ("title:", "titel:", "knows no key 'titel'"),
    ],
)
def test_what_is_wrong_in_a_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Each mistake is told in a sentence, with its file."""
    (tmp_path / FOLDER).mkdir(parents=True)
    assert old in GOOD
    (tmp_path / FOLDER / "sns.yaml").write_text(GOOD.replace(old, new, 1))
    reading = Reading(tmp_path)
    check_events(reading)
    assert any(told in problem.message for problem in reading.problems), reading.problems
    with pytest.raises(ContentError):
        read_events(tmp_path)


def test_a_sound_file(tmp_path: Path) -> None:
    """The file that the mistakes above are made in has none."""
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "sns.yaml").write_text(GOOD)
    [event] = read_events(tmp_path).values()
    assert isinstance(event, EventTemplate)
    assert (event.principal, event.invocation) == ("sns.amazonaws.com", "asynchronous")
