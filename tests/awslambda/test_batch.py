"""Batches: cut once each, handed over in time, and what the function's answer makes of their records."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.batch import BatchLimits, Processed, cut, due, processed, record_size
from tutor.awslambda.tumbling_window import Carried, TumblingWindow, carried, window_of, windowed_event

LIMITS = BatchLimits(10, 5, 100)


@given(
    st.lists(st.integers(1, 200), max_size=80),
    st.integers(1, 12),
    st.integers(20, 300),
)
def test_every_record_is_in_one_batch_and_no_batch_is_too_large(sizes: list[int], most: int, payload: int) -> None:
    """In order, once; over the payload only a record that is alone."""
    batches = cut(range(len(sizes)), sizes, BatchLimits(most, 0, payload))
    assert [one for batch in batches for one in batch] == list(range(len(sizes)))
    for batch in batches:
        assert 1 <= len(batch) <= most
        assert len(batch) == 1 or sum(sizes[one] + 1 for one in batch) + 14 <= payload


def test_batches_are_as_full_as_they_may_be() -> None:
    """Ten and ten and five; six megabytes of JSON end one early."""
    assert [len(batch) for batch in cut(range(25), [1] * 25, LIMITS)] == [10, 10, 5]
    envelope = 14
    assert [len(batch) for batch in cut("abcd", [42, 42, 1, 83], BatchLimits(10, 0, envelope + 86))] == [2, 2]
    limits = BatchLimits.of({"BatchSize": 100, "MaximumBatchingWindowInSeconds": 0}, QUOTAS)
    record = {"data": "x" * 1_000_000}
    assert [len(batch) for batch in cut([record] * 7, [record_size(record)] * 7, limits)] == [6, 1]


def test_a_batch_waits_for_its_window_unless_it_is_full() -> None:
    """Counted from the first record; full by number or by bytes."""
    assert due(100, [1], LIMITS, 101) == 105
    assert due(100, [1], LIMITS, 106) == 106
    assert due(100, [1] * 10, LIMITS, 101) == 101
    assert due(100, [50, 50], LIMITS, 101) == 101


IDS = ("a", "b", "c")
ALL_DONE, ALL_AGAIN = Processed(IDS, ()), Processed((), IDS)


def answer(*identifiers: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in identifiers]}


@pytest.mark.parametrize("payload", [None, {}, answer(), {"batchItemFailures": None}, {"other": 1}])
@pytest.mark.parametrize("ordered", [False, True])
def test_nothing_reported_is_a_success(payload: Any, ordered: bool) -> None:
    """Empty list, null list, empty and null answers."""
    assert processed(IDS, payload, failed=False, partial=True, ordered=ordered) == ALL_DONE


@pytest.mark.parametrize(
    "payload",
    [
        answer(""), answer(None), answer("unknown"), answer("a", "unknown"), answer(1), {"batchItemFailures": "a"},
        {"batchItemFailures": [{"foo": "a"}]}, {"batchItemFailures": ["a"]}, ["a"], "text", 1,
    ],
)  # fmt: skip
@pytest.mark.parametrize("ordered", [False, True])
def test_an_answer_that_is_wrong_fails_the_whole_batch(payload: Any, ordered: bool) -> None:
    """Empty, null and unknown identifiers, wrong keys, no object at all."""
    assert processed(IDS, payload, failed=False, partial=True, ordered=ordered) == ALL_AGAIN


@pytest.mark.parametrize("payload", ["", []])
def test_an_empty_text_and_an_empty_list_are_successes_for_streams_only(payload: Any) -> None:
    """As recorded with Kinesis and DynamoDB."""
    assert processed(IDS, payload, failed=False, partial=True, ordered=True) == ALL_DONE
    assert processed(IDS, payload, failed=False, partial=True, ordered=False) == ALL_AGAIN


def test_a_queue_gets_back_what_was_listed_and_a_stream_all_from_the_lowest_on() -> None:
    """The checkpoint of a stream is the first failure, in whatever order they are reported."""
    assert processed(IDS, answer("c", "b"), failed=False, partial=True, ordered=False) == Processed(("a",), ("b", "c"))
    assert processed(IDS, answer("a", "c"), failed=False, partial=True, ordered=False) == Processed(("b",), ("a", "c"))
    assert processed(IDS, answer("c", "b"), failed=False, partial=True, ordered=True) == Processed(("a",), ("b", "c"))
    assert processed(IDS, answer("a"), failed=False, partial=True, ordered=True) == ALL_AGAIN
    assert not ALL_AGAIN.succeeded


def test_without_partial_answers_it_is_all_or_nothing() -> None:
    """A list of failures is only an answer then; a function error fails everything in any case."""
    assert processed(IDS, answer("b"), failed=False, partial=False, ordered=False) == ALL_DONE
    assert processed(IDS, None, failed=True, partial=False, ordered=False) == ALL_AGAIN
    assert processed(IDS, answer("b"), failed=True, partial=True, ordered=True) == ALL_AGAIN
    assert ALL_DONE.succeeded


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.booleans(), st.booleans())
def test_every_record_is_done_or_comes_again(reported: list[str], ordered: bool, failed: bool) -> None:
    """Never both, never neither, and the order stays."""
    ids = tuple("abcdef")
    result = processed(ids, answer(*reported), failed=failed, partial=True, ordered=ordered)
    assert sorted(result.done + result.again) == list(ids)
    assert list(result.again) == sorted(result.again)
    assert set(reported) <= set(result.again)


def test_windows_tumble_at_multiples_of_their_length() -> None:
    """A record at the border belongs to the later one."""
    assert window_of(119.9, 60) == TumblingWindow(60, 120)
    assert window_of(120, 60) == TumblingWindow(120, 180)


def test_the_event_of_a_window() -> None:
    """The members that the guide shows."""
    event = windowed_event(
        [], TumblingWindow(1596128400, 1596128520), {"n": 1}, "shard", "arn:aws:kinesis:x", final=True
    )
    assert event == {
        "Records": [],
        "window": {"start": "2020-07-30T17:00:00Z", "end": "2020-07-30T17:02:00Z"},
        "state": {"n": 1},
        "shardId": "shard",
        "eventSourceARN": "arn:aws:kinesis:x",
        "isFinalInvokeForWindow": True,
        "isWindowTerminatedEarly": False,
    }


def test_state_is_handed_on_up_to_a_megabyte() -> None:
    """What the answer calls its state, else an empty one."""
    assert carried({"state": {"n": 1}}, QUOTAS) == Carried({"n": 1})
    assert carried(None, QUOTAS) == Carried({}) == carried({"other": 1}, QUOTAS)
    assert carried({"state": "x" * 1_048_574}, QUOTAS).too_large is False
    assert carried({"state": "x" * 1_048_575}, QUOTAS).too_large is True
