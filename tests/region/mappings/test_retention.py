"""A record that always fails holds up its shard until the stream keeps it no more, and no longer."""

from tests.region.mappings.staging import RECORDING, a_stream, data, mapped, put
from tutor.region.region import Region

FAILING = (
    RECORDING
    + """
    if event["Records"][0]["kinesis"]["partitionKey"] == "key-0":
        raise ValueError("bad")
"""
)
"""Prints the event and fails on a batch that begins with the first key."""

DAY = 24 * 3600.0


def test_retries_end_when_the_record_expires(region: Region) -> None:
    """Without any limit set a bad record is tried for a day; then the shard goes on with what arrived since."""
    arn = a_stream(region)
    mapped(region, FAILING, arn, StartingPosition="TRIM_HORIZON", BatchSize=1)
    begun = region.clock.now()
    put(region, "stream", "bad", "behind it")
    assert region.clock.drain(60)
    assert DAY - 300 <= region.clock.now() - begun <= DAY + 300
    assert set(map(tuple, data(region))) == {("bad",)}
    region.client("kinesis").put_record(StreamName="stream", Data=b"good", PartitionKey="key-1")
    assert region.clock.drain(60)
    assert data(region)[-1] == ["good"]
