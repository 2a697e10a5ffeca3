"""Members of answers that AWS leaves out, and those that it gives even when there is nothing in them."""

from typing import Any

import pytest

from tests.region.neighbours.neighbourhood import START
from tests.region.neighbours.street import Street


def _members(answer: dict[str, Any]) -> set[str]:
    return set(answer) - {"ResponseMetadata"}


def test_batches_of_messages(street: Street) -> None:
    """SQS tells of successes where there are some, and of failures where there are some."""
    sqs = street.client("sqs")
    url = sqs.create_queue(QueueName="b")["QueueUrl"]
    assert _members(sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x"}])) == {"Successful"}
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    held = {"Id": "a", "ReceiptHandle": handle}
    later = sqs.change_message_visibility_batch(QueueUrl=url, Entries=[{**held, "VisibilityTimeout": 9}])
    assert _members(later) == {"Successful"}
    lost = {"Id": "b", "ReceiptHandle": "lost"}
    assert _members(sqs.delete_message_batch(QueueUrl=url, Entries=[lost])) == {"Failed"}
    assert _members(sqs.delete_message_batch(QueueUrl=url, Entries=[held, lost])) == {"Successful", "Failed"}


def test_capacity_is_told_on_request(street: Street) -> None:
    """DynamoDB's batches and transactions tell capacity to who asks for it."""
    client = street.client("dynamodb")
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    item = {"k": {"S": "a"}}
    put = {"RequestItems": {"t": [{"PutRequest": {"Item": item}}]}}
    assert _members(client.batch_write_item(**put)) == {"UnprocessedItems"}
    told = client.batch_write_item(**put, ReturnConsumedCapacity="TOTAL")
    assert _members(told) == {"UnprocessedItems", "ConsumedCapacity"}
    got = client.batch_get_item(RequestItems={"t": {"Keys": [item]}})
    assert _members(got) == {"Responses", "UnprocessedKeys"}
    assert _members(client.transact_write_items(TransactItems=[{"Put": {"TableName": "t", "Item": item}}])) == set()


@pytest.mark.parametrize(
    ("ago", "period", "begun"),
    [(1_000, 60, 960), (100, 10, 0), (20 * 86_400 + 61, 60, 20 * 86_400), (70 * 86_400 + 61, 60, 70 * 86_400)],
    ids=["a minute", "ten seconds", "five minutes", "an hour"],
)
def test_periods_of_metrics(street: Street, ago: int, period: int, begun: int) -> None:
    """A metric's periods begin at whole minutes, with age at five or sixty; the list of messages is there."""
    cloudwatch = street.client("cloudwatch")
    value = START - begun if begun != 960 else START - 950
    cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0, "Timestamp": value}])
    metric = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": period, "Stat": "Sum"}
    answer = cloudwatch.get_metric_data(
        StartTime=START - ago, EndTime=START + 60, MetricDataQueries=[{"Id": "a", "MetricStat": metric}]
    )
    assert [each.timestamp() for each in answer["MetricDataResults"][0]["Timestamps"]] == [START - begun]
    assert answer["Messages"] == []
