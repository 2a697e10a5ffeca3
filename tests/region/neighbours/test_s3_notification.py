"""What S3 tells of its objects, to whom, and which configurations it refuses."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import FUNCTION
from tests.region.neighbours.street import QUEUE, Street


def _notified_bucket(street: Street, **more: Any) -> Any:
    s3 = street.client("s3")
    s3.create_bucket(Bucket="bucket")
    wanted = {"LambdaFunctionArn": FUNCTION, "Id": "c", "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}
    configuration = {"LambdaFunctionConfigurations": [{**wanted, **more}]}
    s3.put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration=configuration)
    return s3


def test_s3_created(street: Street) -> None:
    """An object that is put: the record has every member of AWS's, the key as in a query string."""
    s3 = _notified_bucket(street)
    etag = s3.put_object(Bucket="bucket", Key="a/ä b", Body=b"xx")["ETag"].strip('"')
    one = street.pushed()
    assert (one.function, one.service, one.source_arn) == (FUNCTION, "s3.amazonaws.com", "arn:aws:s3:::bucket")
    [record] = one.payload["Records"]
    assert list(record) == [
        "eventVersion",
        "eventSource",
        "awsRegion",
        "eventTime",
        "eventName",
        "userIdentity",
        "requestParameters",
        "responseElements",
        "s3",
    ]
    assert (record["eventName"], record["eventTime"]) == ("ObjectCreated:Put", "2027-01-15T08:00:00.000Z")
    told = record["s3"]["object"]
    assert (told["key"], told["size"], told["eTag"]) == ("a/%C3%A4+b", 2, etag)
    assert record["s3"]["bucket"]["arn"] == "arn:aws:s3:::bucket"


def test_s3_removed(street: Street) -> None:
    """An object that is deleted has neither size nor tag any more."""
    s3 = _notified_bucket(street)
    s3.put_object(Bucket="bucket", Key="k", Body=b"xx")
    street.pushed()
    s3.delete_object(Bucket="bucket", Key="k")
    [record] = street.pushed().payload["Records"]
    assert record["eventName"] == "ObjectRemoved:Delete"
    assert set(record["s3"]["object"]) == {"key", "sequencer"}


def test_s3_filtered(street: Street) -> None:
    """Only keys of the wanted prefix and suffix are told."""
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".png"}]
    s3 = _notified_bucket(street, Filter={"Key": {"FilterRules": rules}})
    for key in ("in/a.txt", "out/a.png", "in/a.png"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"")
    assert street.pushed().payload["Records"][0]["s3"]["object"]["key"] == "in/a.png"


def test_s3_tags(street: Street) -> None:
    """Putting an object is one event, also with tags; changing its tags is one of its own, without size."""
    s3 = _notified_bucket(street, Events=["s3:ObjectCreated:*", "s3:ObjectTagging:*"])
    s3.put_object(Bucket="bucket", Key="k", Body=b"xx", Tagging="a=b")
    assert street.pushed().payload["Records"][0]["eventName"] == "ObjectCreated:Put"
    s3.put_object_tagging(Bucket="bucket", Key="k", Tagging={"TagSet": [{"Key": "c", "Value": "d"}]})
    [record] = street.pushed().payload["Records"]
    assert (record["eventName"], set(record["s3"]["object"])) == ("ObjectTagging:Put", {"key", "eTag"})


def test_s3_versions(street: Street) -> None:
    """With versions a delete makes a marker, and a version that is deleted is told by its number."""
    s3 = _notified_bucket(street)
    s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="bucket", Key="k", Body=b"xx")["VersionId"]
    assert street.pushed().payload["Records"][0]["s3"]["object"]["versionId"] == version
    marker = s3.delete_object(Bucket="bucket", Key="k")["VersionId"]
    [record] = street.pushed().payload["Records"]
    told = (record["eventName"], record["s3"]["object"]["versionId"])
    assert told == ("ObjectRemoved:DeleteMarkerCreated", marker)
    s3.delete_object(Bucket="bucket", Key="k", VersionId=version)
    [record] = street.pushed().payload["Records"]
    assert (record["eventName"], record["s3"]["object"]["versionId"]) == ("ObjectRemoved:Delete", version)


@pytest.mark.parametrize(
    ("kind", "wanted", "text"),
    [
        ("LambdaFunction", {"LambdaFunctionArn": f"{FUNCTION}-gone"}, "Unable to validate"),
        ("LambdaFunction", {"LambdaFunctionArn": "f"}, "The ARN could not be parsed"),
        ("Queue", {"QueueArn": f"{QUEUE}-gone"}, "Unable to validate the following destination configurations"),
        ("Topic", {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"}, "Unable to validate"),
    ],
)
def test_s3_refuses_a_destination(street: Street, kind: str, wanted: dict[str, Any], text: str) -> None:
    """What is not there, or may not be sent to, is refused when it is configured."""
    street.client("sns").create_topic(Name="t")
    s3 = street.client("s3")
    s3.create_bucket(Bucket="bucket")
    configuration = {f"{kind}Configurations": [{**wanted, "Events": ["s3:ObjectCreated:*"]}]}
    with pytest.raises(ClientError, match=text):
        s3.put_bucket_notification_configuration(Bucket="bucket", NotificationConfiguration=configuration)
