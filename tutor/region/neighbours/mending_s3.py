"""moto's S3: buckets' owners by house, files closed without a word, and notifications as AWS writes them."""

import contextlib
from types import ModuleType
from typing import Any
from urllib.parse import quote_plus

from tutor.region.call import ACCOUNT
from tutor.region.neighbours.house import drawer
from tutor.region.neighbours.mending_lambda import push
from tutor.region.neighbours.moto_clock import chance
from tutor.region.neighbours.moto_import import moto


def mend_s3(module: ModuleType) -> None:
    """Mend ``moto.s3.models``."""
    backends = type(module.s3_backends)
    del module.s3_backends.bucket_accounts
    backends.bucket_accounts = property(lambda self: drawer("s3 bucket owners"))

    def forget(key: Any) -> None:
        with contextlib.suppress(AttributeError):
            key._value_buffer.close()

    module.FakeKey.__del__ = forget
    # Who may is decided at the gate, by the bucket's policy too; moto takes a condition it does not know for a deny.
    module.FakeBucket.get_permission = lambda self, *_: moto("iam.access_control").PermissionResult.NEUTRAL


def mend_s3_notifications(module: ModuleType) -> None:
    """Mend ``moto.s3.notifications``."""

    def invoke(_: str, event: Any, function: str, aws_region: str) -> None:
        bucket = event["Records"][0]["s3"]["bucket"]["arn"]
        push(function, event, service="s3.amazonaws.com", source_arn=bucket, aws_region=aws_region)

    module.__dict__["_get_s3_event"] = _event(module)
    module.__dict__["_invoke_awslambda"] = invoke


def _event(module: ModuleType) -> Any:
    """The record of S3's notifications, structure version 2.1 (S3 user guide, "Event message structure")."""

    def made(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        record = {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": bucket.region_name,
            "eventTime": module.iso_8601_datetime_with_milliseconds(),
            "eventName": event_name.removeprefix("s3:"),
            "userIdentity": {"principalId": f"AWS:{ACCOUNT}"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": _letters(16), "x-amz-id-2": _letters(64)},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": notification_id,
                "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": ACCOUNT}, "arn": bucket.arn},
                "object": _object(event_name, bucket, key),
            },
        }
        return {"Records": [record]}

    return made


def _object(event_name: str, bucket: Any, key: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"key": quote_plus(key.name, safe="/")}
    if "ObjectRemoved" not in event_name:
        told |= {"size": key.size, "eTag": key.etag.replace('"', "")}
    version = getattr(key, "version_id", None)
    if version and getattr(bucket, "versioning_status", None):
        told["versionId"] = version
    return {**told, "sequencer": f"{chance().getrandbits(72):018X}"}


def _letters(count: int) -> str:
    return "".join(chance().choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(count))
