"""Every operation of the model: what boto3 sends is what an operation gets, what it answers is what boto3 reads."""

import json
import re
from collections.abc import Mapping
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.region.api.attempts import Attempt, attempts, operations, out_of_range_attempts, right_attempts
from tests.region.api.values import Values
from tutor.errors import ServiceError
from tutor.region.api.api import Api
from tutor.region.api.compliance import complies
from tutor.region.api.message import HttpResponse
from tutor.region.api.model import operation_model
from tutor.region.api.response import response_writer
from tutor.region.call import Call, Caller

RESULTS = Values()
MANY = settings(max_examples=2 * settings().max_examples)


class Recorder:
    """Operations that keep the calls they get, and refuse them."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Mapping[str, Any]:
        self.calls.append(call)
        raise ServiceError("ResourceNotFoundException", "There is nothing here.")


def ask(attempt: Attempt) -> tuple[HttpResponse, list[Call]]:
    recorder = Recorder()
    api = Api(dict.fromkeys(operations(), recorder), lambda signed: Caller(access_key=signed.access_key))
    return api.answer(attempt.request), recorder.calls


@MANY
@given(right_attempts())
def test_what_botocore_sends_is_what_the_operation_gets(attempt: Attempt) -> None:
    """Names, labels, query, headers, bodies, blobs and times arrive as they were given, whatever the operation."""
    assume(attempt.parameters.get("TagKeys") != [])  # in a query, none at all and an empty list are the same
    response, calls = ask(attempt)
    assert calls, response
    assert calls[0].operation == attempt.operation
    assert calls[0].aws_region == "eu-west-1"
    assert _without_empty(calls[0].parameters) == _without_empty(attempt.parameters)


def _without_empty(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """An empty list in a query and an empty payload cannot be told from none."""
    return {name: value for name, value in parameters.items() if value not in ([], b"", {}, "")}


@MANY
@given(attempts())
def test_whatever_is_sent_the_answer_is_aws_s(attempt: Attempt) -> None:
    """Every request, however broken, gets an error of AWS's with its own status, and never a fault of ours."""
    response, calls = ask(attempt)
    assert complies(attempt.operation, response) == []
    assert response.status < 500, (attempt.broken, response)
    assert calls or response.header("x-amzn-ErrorType") != "ResourceNotFoundException"


@MANY
@given(out_of_range_attempts())
def test_what_is_just_out_of_range_reaches_no_operation(attempt: Attempt) -> None:
    """A value just outside the model's bounds, pattern or enum is a ``ValidationException`` in AWS's form."""
    assume(attempt.broken and not attempt.broken.startswith("Runtime ="))
    response, calls = ask(attempt)
    assert (calls, response.header("x-amzn-ErrorType")) == ([], "ValidationException"), attempt.broken
    assert re.match(r"[0-9]+ validation errors? detected: Value", json.loads(response.data())["message"])


@MANY
@given(st.data())
def test_what_an_operation_answers_botocore_reads(data: st.DataObject) -> None:
    """Any result that the model allows is written so that botocore's parser reads it as the model says."""
    name = data.draw(st.sampled_from(operations()))
    model = operation_model(name)
    shape = model.output_shape
    result = data.draw(RESULTS.of(shape)) if shape is not None else {}
    if model.has_event_stream_output:
        stream = shape.members[shape.serialization["payload"]]
        result["EventStream"] = [{key: data.draw(RESULTS.of(stream.members[key]))} for key in stream.members]
    for member in [key for key in result if shape.members[key].serialization.get("location") == "statusCode"]:
        result[member] = data.draw(st.sampled_from([200, 202, 204]))
    assert complies(name, response_writer(name).write(result, "an-id")) == []
