"""Changes of a function's code and configuration: what stays, what is refused, and how long they are on their way."""

import base64
import hashlib
import io
import os
import zipfile
from typing import Any

import pytest

from tests.region.conftest import Opens, a_role
from tests.region.operations.material import ARN, CODE, OTHER, ROLE, Create, refusal
from tutor.region.region import Region

STALE = (
    "PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)


def test_an_update_is_in_progress_and_then_successful(
    client: Any, create: Create, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says InProgress; meanwhile nothing else may change it; then the SDK's waiter sees Successful."""
    told: list[str] = []
    monkeypatch.setattr(region.invoking, "changed", told.append)
    create()
    region.clock.pause()
    changed = client.update_function_code(FunctionName="fn", ZipFile=OTHER)
    assert (changed["State"], changed["LastUpdateStatus"]) == ("Active", "InProgress")
    assert changed["LastUpdateStatusReason"] == "The function is being created."
    assert changed["LastUpdateStatusReasonCode"] == "Creating"
    assert changed["CodeSha256"] == base64.b64encode(hashlib.sha256(OTHER).digest()).decode()
    assert changed["CodeSize"] == len(OTHER)
    busy = (
        "ResourceConflictException: The operation cannot be performed at this time. "
        f"An update is in progress for resource: {ARN}:function:fn"
    )
    assert refusal(client.update_function_code, FunctionName="fn", ZipFile=CODE) == busy
    assert refusal(client.update_function_configuration, FunctionName="fn", Timeout=4) == busy
    assert refusal(client.publish_version, FunctionName="fn") == busy
    region.clock.run()
    client.get_waiter("function_updated_v2").wait(FunctionName="fn", WaiterConfig={"Delay": 0})
    assert told == ["us-east-1/fn"]


def test_a_pending_function_cannot_be_changed(client: Any, region: Region, create: Create) -> None:
    """Until it is Active a new function is neither changed nor published."""
    create("known")
    region.clock.pause()
    made = client.get_function(FunctionName="known")["Configuration"]
    client.create_function(
        FunctionName="fn", Runtime="python3.13", Handler="a.b", Role=made["Role"], Code={"ZipFile": CODE}
    )
    pending = (
        "ResourceConflictException: The operation cannot be performed at this time. "
        "The function is currently in the following state: Pending"
    )
    assert refusal(client.update_function_configuration, FunctionName="fn", Timeout=4) == pending
    assert refusal(client.publish_version, FunctionName="fn") == pending
    region.clock.run()


def test_what_an_interrupted_region_left_pending_is_active(region: Region, opens: Opens) -> None:
    """A region that ended before its functions came to rest has them at rest when it is opened again."""
    functions = region.client("lambda")
    settings = {"Runtime": "python3.13", "Handler": "a.b", "Role": ROLE, "Code": {"ZipFile": CODE}}
    functions.create_function(FunctionName="fn", Publish=True, **settings)
    region.clock.drain(10)
    region.clock.pause()
    functions.update_function_code(FunctionName="fn", ZipFile=OTHER, Publish=True)
    functions.create_function(FunctionName="new", **settings)
    region.close()
    again = opens()
    for name, version in (("fn", None), ("fn", "2"), ("new", None)):
        found = again.catalogue.target("us-east-1", name, version).configuration
        assert (found["State"], found["LastUpdateStatus"]) == ("Active", "Successful")


def test_a_dry_run_changes_nothing(client: Any, create: Create) -> None:
    """DryRun answers what would be and keeps what is."""
    create()
    before = client.get_function_configuration(FunctionName="fn")
    would = client.update_function_code(FunctionName="fn", ZipFile=OTHER, DryRun=True)
    assert would["CodeSha256"] != before["CodeSha256"]
    after = client.get_function_configuration(FunctionName="fn")
    assert (after["CodeSha256"], after["RevisionId"]) == (before["CodeSha256"], before["RevisionId"])


def test_a_revision_guards_a_change(client: Any, create: Create) -> None:
    """A change that names an old revision is refused; one that names the latest is made."""
    made = create()
    assert (
        refusal(client.update_function_code, FunctionName="fn", ZipFile=OTHER, RevisionId=made["RevisionId"]) == STALE
    )
    old = {"FunctionName": "fn", "Timeout": 5, "RevisionId": made["RevisionId"]}
    assert refusal(client.update_function_configuration, **old) == STALE
    latest = client.get_function_configuration(FunctionName="fn")["RevisionId"]
    assert client.update_function_configuration(**{**old, "RevisionId": latest})["Timeout"] == 5


def test_publishing_an_update_makes_its_version(client: Any, create: Create, region: Region) -> None:
    """With Publish the answer is the new version, on its way too; publishing the same again makes none."""
    create()
    published = client.update_function_code(FunctionName="fn", ZipFile=OTHER, Publish=True)
    assert (published["Version"], published["FunctionArn"]) == ("1", f"{ARN}:function:fn:1")
    assert published["State"] == "Pending"
    region.clock.drain(10)
    assert client.get_function_configuration(FunctionName="fn", Qualifier="1")["State"] == "Active"
    again = client.update_function_code(FunctionName="fn", ZipFile=OTHER, Publish=True)
    assert again["Version"] == "1"


def test_sources_of_code(client: Any, create: Create, region: Region) -> None:
    """Code comes as a zip or from S3; none, both, and an object that is not there are refused."""
    create()
    bucket = region.neighbours.client("s3")
    bucket.create_bucket(Bucket="code")
    bucket.put_object(Bucket="code", Key="fn.zip", Body=OTHER)
    found = client.update_function_code(FunctionName="fn", S3Bucket="code", S3Key="fn.zip")
    assert found["CodeSize"] == len(OTHER)
    region.clock.drain(10)
    update = client.update_function_code
    assert refusal(update, FunctionName="fn") == (
        "InvalidParameterValueException: Please provide a source for function code."
    )
    assert refusal(update, FunctionName="fn", ZipFile=CODE, S3Bucket="code", S3Key="fn.zip") == (
        "InvalidParameterValueException: Please do not provide other FunctionCode parameters when providing a ZipFile."
    )
    assert refusal(update, FunctionName="fn", S3Bucket="no-such-bucket", S3Key="fn.zip") == (
        "InvalidParameterValueException: Error occurred while GetObject. "
        "S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist"
    )
    assert refusal(update, FunctionName="fn", S3Bucket="code", S3Key="gone.zip") == (
        "InvalidParameterValueException: Error occurred while GetObject. "
        "S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
    )
    assert refusal(update, FunctionName="fn", ImageUri="1.dkr.ecr.us-east-1.amazonaws.com/i:1") == (
        "InvalidParameterValueException: Please don't provide ImageUri when updating a function with packageType Zip."
    )


def test_a_zip_that_is_none_is_refused_and_not_kept(client: Any, create: Create, region: Region) -> None:
    """What cannot be unzipped is refused in the service's words, and leaves no blob behind."""
    create()
    blobs = sorted(path.name for path in (region.state.folder / "blobs").iterdir())
    assert refusal(client.update_function_code, FunctionName="fn", ZipFile=b"no zip") == (
        "InvalidParameterValueException: "
        "Could not unzip uploaded file. Please check your file, then try to upload again."
    )
    empty = b"PK\x05\x06" + bytes(18)
    assert refusal(client.update_function_code, FunctionName="fn", ZipFile=empty) == (
        "InvalidParameterValueException: Uploaded file must be a non-empty zip"
    )
    assert sorted(path.name for path in (region.state.folder / "blobs").iterdir()) == blobs


def test_an_update_keeps_what_it_does_not_name(client: Any, create: Create, region: Region) -> None:
    """Settings that a call leaves out stay; variables are replaced as a whole; what is emptied is gone."""
    queue = "arn:aws:sqs:us-east-1:123456789012:failed"
    create(
        Timeout=7,
        MemorySize=256,
        Environment={"Variables": {"AA": "1", "BB": "2"}},
        DeadLetterConfig={"TargetArn": queue},
    )
    changed = client.update_function_configuration(FunctionName="fn", Environment={"Variables": {"CC": "3"}})
    assert (changed["Timeout"], changed["MemorySize"]) == (7, 256)
    assert changed["Environment"] == {"Variables": {"CC": "3"}}
    assert changed["DeadLetterConfig"] == {"TargetArn": queue}
    region.clock.drain(10)
    changed = client.update_function_configuration(FunctionName="fn", DeadLetterConfig={"TargetArn": ""})
    assert "DeadLetterConfig" not in changed


def test_a_package_from_a_bucket_may_be_longer_than_an_upload(region: Region) -> None:
    """Over the limit of a direct upload, under the unzipped one: taken from S3, and it runs."""
    long = io.BytesIO()
    with zipfile.ZipFile(long, "w", zipfile.ZIP_STORED) as package:
        package.writestr(
            "lambda_function.py", "import os\ndef handler(event, context): return os.path.getsize('more')\n"
        )
        package.writestr("more", os.urandom(1 << 20) * 51)
    region.client("s3").create_bucket(Bucket="code")
    region.client("s3").put_object(Bucket="code", Key="f.zip", Body=long.getvalue())
    region.client("lambda").create_function(
        FunctionName="long",
        Role=a_role(region, "reader"),
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Code={"S3Bucket": "code", "S3Key": "f.zip"},
    )
    region.clock.drain()
    assert region.client("lambda").invoke(FunctionName="long")["Payload"].read() == b"53477376"
