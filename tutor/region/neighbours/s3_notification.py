"""S3's notifications: which event a request causes, its record, and to whom it goes.

Sources: S3 user guide, "Event message structure" and "EventBridge event message structure". What happens when an object
that a versioned bucket keeps is deleted is not moto's: a marker is told as one, a version by its number.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote_plus

from tutor.region.call import ACCOUNT
from tutor.region.neighbours.house import scene
from tutor.region.neighbours.mending_lambda import push
from tutor.region.neighbours.moto_clock import SHIMS, chance, now
from tutor.region.neighbours.moto_import import moto, moto_refusals
from tutor.region.neighbours.service_policy import may_publish, may_send

_SERVICE = "s3.amazonaws.com"
_CAUSED: Mapping[str, str] = {
    "PutObject": "s3:ObjectCreated:Put",
    "PostObject": "s3:ObjectCreated:Post",
    "CopyObject": "s3:ObjectCreated:Copy",
    "CompleteMultipartUpload": "s3:ObjectCreated:CompleteMultipartUpload",
}
"""What an operation causes and nothing else: moto tells of an object's tags as well when it is put."""
_REASONS = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
}
_DETAIL_TYPES = {
    "ObjectCreated": "Object Created",
    "ObjectRemoved": "Object Deleted",
    "ObjectAcl:Put": "Object ACL Updated",
    "ObjectTagging:Put": "Object Tags Added",
    "ObjectTagging:Delete": "Object Tags Deleted",
    "ObjectRestore:Post": "Object Restore Initiated",
    "ObjectRestore:Completed": "Object Restore Completed",
    "LifecycleExpiration": "Object Deleted",
}
_NO_CONTENT = "d41d8cd98f00b204e9800998ecf8427e"


def send_event(_: str, event_name: str, bucket: Any, key: Any) -> None:
    """In the place of moto's: what it tells beside what the request was for is left out."""
    here = scene()
    caused = _CAUSED.get(here.operation if here else "")
    name = str(getattr(event_name, "value", event_name))
    if not name.startswith("s3:ObjectRemoved") and caused in (None, name):
        tell(name, bucket, key)


def tell(name: str, bucket: Any, key: Any, version: str | None = None) -> None:
    """Send an event (``s3:ObjectCreated:Put``) to all that the bucket's configuration wants it for."""
    configuration = bucket.notification_configuration
    if configuration is None:
        return
    for kind, send in (("cloud_function", _to_function), ("queue", _to_queue), ("topic", _to_topic)):
        for wanted in getattr(configuration, kind):
            if wanted.matches(name, key.name):
                send(wanted.arn, {"Records": [_record(name, bucket, key, version, wanted.id)]}, bucket)
    if configuration.event_bridge is not None:
        _to_event_bridge(name, bucket, key, version)


def tell_test(account_id: str, bucket: Any) -> None:
    """What a queue or a topic gets when it is first configured."""
    del account_id  # all that is here is of one account
    event = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": _time(),
        "Bucket": bucket.name,
        "RequestId": _letters(16),
        "HostId": _letters(64),
    }
    configuration = bucket.notification_configuration
    for arn in sorted({wanted.arn for wanted in configuration.queue}):
        _to_queue(arn, event, bucket)
    for arn in sorted({wanted.arn for wanted in configuration.topic}):
        _to_topic(arn, event, bucket)


def _record(name: str, bucket: Any, key: Any, version: str | None, configuration: str) -> dict[str, Any]:
    newer = name.startswith(("s3:ObjectTagging", "s3:ObjectAcl"))
    return {
        "eventVersion": "2.3" if newer else "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": _time(),
        "eventName": name.removeprefix("s3:"),
        "userIdentity": {"principalId": f"AWS:{ACCOUNT}"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": _letters(16), "x-amz-id-2": _letters(64)},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration,
            "bucket": {"name": bucket.name, "ownerIdentity": {"principalId": ACCOUNT}, "arn": bucket.arn},
            "object": _object(name, bucket, key, version),
        },
    }


def _object(name: str, bucket: Any, key: Any, version: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {"key": quote_plus(key.name, safe="/"), **_content(name, key, "eTag")}
    number = _version(bucket, key, version)
    more = {"versionId": number} if number else {}
    return told | more | ({} if _of_what_is_about(name) else {"sequencer": _sequencer()})


def _of_what_is_about(name: str) -> bool:
    """Whether an event tells of tags or rights: such a one has neither a size nor a place in a sequence."""
    return name.startswith(("s3:ObjectTagging", "s3:ObjectAcl"))


def _content(name: str, key: Any, tag: str) -> dict[str, Any]:
    if name.endswith("DeleteMarkerCreated"):
        return {tag: _NO_CONTENT}
    if name.startswith("s3:ObjectRemoved"):
        return {}
    size = {} if _of_what_is_about(name) else {"size": key.size}
    return {**size, tag: key.etag.replace('"', "")}


def _version(bucket: Any, key: Any, version: str | None) -> str | None:
    number = version or getattr(key, "version_id", None)
    return str(number) if number and getattr(bucket, "versioning_status", None) else None


def _to_function(arn: str, event: Any, bucket: Any) -> None:
    push(arn, event, service=_SERVICE, source_arn=bucket.arn, aws_region=arn.split(":")[3])


def _to_queue(arn: str, event: Any, bucket: Any) -> None:
    if may_send(arn, _SERVICE, bucket.arn):
        _, _, _, aws_region, account, name = arn.split(":", 5)
        moto("sqs.models").sqs_backends[account][aws_region].send_message(name, json.dumps(event))


def _to_topic(arn: str, event: Any, bucket: Any) -> None:
    if may_publish(arn, _SERVICE, bucket.arn):
        backend = moto("sns.models").sns_backends[ACCOUNT][arn.split(":")[3]]
        backend.publish(json.dumps(event), arn=arn, subject="Amazon S3 Notification")


def _to_event_bridge(name: str, bucket: Any, key: Any, version: str | None) -> None:
    kind = next((told for start, told in _DETAIL_TYPES.items() if name.removeprefix("s3:").startswith(start)), None)
    if kind is None:
        return
    event = {
        "version": "0",
        "id": str(SHIMS["uuid"].uuid4()),
        "detail-type": kind,
        "source": "aws.s3",
        "account": ACCOUNT,
        "time": int(now()),
        "region": bucket.region_name,
        "resources": [bucket.arn],
        "detail": dict(_detail(name, bucket, key, version)),
    }
    buses = moto("events.models").events_backends[ACCOUNT][bucket.region_name].event_buses
    for rule in list(buses["default"].rules.values()):
        try:
            rule.send_to_targets(event, transform_input=False)
        except moto_refusals():  # a target that refuses is not the writer's trouble
            continue


def _detail(name: str, bucket: Any, key: Any, version: str | None) -> Iterator[tuple[str, Any]]:
    number = _version(bucket, key, version)
    about = {"key": key.name, **_content(name, key, "etag"), **({"version-id": number} if number else {})}
    yield "version", "0"
    yield "bucket", {"name": bucket.name}
    yield "object", about if _of_what_is_about(name) else {**about, "sequencer": _sequencer()}
    yield "request-id", _letters(16)
    yield "requester", ACCOUNT
    yield "source-ip-address", "127.0.0.1"
    what = name.rpartition(":")[2]
    if name.startswith("s3:ObjectCreated"):
        yield "reason", _REASONS[what]
    if name.startswith("s3:ObjectRemoved"):
        yield "reason", "DeleteObject"
        yield "deletion-type", "Permanently Deleted" if what == "Delete" else "Delete Marker Created"


def _time() -> str:
    return str(moto("core.utils").iso_8601_datetime_with_milliseconds())


def _sequencer() -> str:
    return f"{chance().getrandbits(72):018X}"


def _letters(count: int) -> str:
    return "".join(chance().choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(count))
