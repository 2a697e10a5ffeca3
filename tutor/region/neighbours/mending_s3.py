"""moto's S3: buckets' owners by house, files closed without a word, and notifications as AWS sends them."""

import contextlib
from types import ModuleType
from typing import Any

from tutor.region.neighbours import s3_configuration, s3_notification
from tutor.region.neighbours.house import drawer, scene
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
    _deleting(module)
    _configuring(module)


def _deleting(module: ModuleType) -> None:
    """What a delete causes: an object is gone, a version is gone, or a marker stands before it."""
    backend = module.S3Backend
    deleted = backend.delete_object

    def delete(
        self: Any, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> tuple[bool, dict[str, Any]]:
        bucket = self.get_bucket(bucket_name)
        there = [one for one in bucket.keys.getlist(key_name, []) if version_id in (None, str(one.version_id))]
        success, told = deleted(self, bucket_name, key_name, version_id, bypass)
        if success and bucket.is_versioned and version_id is None:
            s3_notification.tell("s3:ObjectRemoved:DeleteMarkerCreated", bucket, there[-1], str(told["version-id"]))
        elif success and there:
            s3_notification.tell("s3:ObjectRemoved:Delete", bucket, there[-1])
        return success, told

    backend.delete_object = delete


def _configuring(module: ModuleType) -> None:
    """A configuration is checked before it is kept; a filter's names are told as S3 tells them."""
    backend = module.S3Backend
    kept = backend.put_bucket_notification_configuration

    def put(self: Any, bucket_name: str, notification_config: dict[str, Any]) -> None:
        here = scene()
        if here is not None and here.operation == "PutBucketNotificationConfiguration":
            s3_configuration.check(notification_config, self.get_bucket(bucket_name))
        kept(self, bucket_name, notification_config)

    def fits(self: Any, key_name: str) -> bool:
        rules = self.filters.get("S3Key", {}).get("FilterRule", ())
        values = {str(rule["Name"]).lower(): str(rule["Value"] or "") for rule in rules}
        return key_name.startswith(values.get("prefix", "")) and key_name.endswith(values.get("suffix", ""))

    backend.put_bucket_notification_configuration = put
    module.Notification._key_matches = fits


def mend_s3_requests(module: ModuleType) -> None:
    """Mend ``moto.s3.responses``."""
    responses = module.S3Response
    responses._notification_config_from_body = lambda self: s3_configuration.read(self.body)
    told = responses.get_bucket_notification

    def tell(self: Any) -> Any:
        answer = told(self)
        kept = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if kept is None or kept.event_bridge is None:
            return answer
        status, headers, body = answer
        end = "</NotificationConfiguration>"
        text = body.decode() if isinstance(body, bytes) else body
        if end not in text:
            text = text.removesuffix("/>") + ">" + end
        return status, headers, text.replace(end, "<EventBridgeConfiguration/>" + end)

    responses.get_bucket_notification = tell


def mend_s3_notifications(module: ModuleType) -> None:
    """Mend ``moto.s3.notifications``."""
    module.__dict__["send_event"] = s3_notification.send_event
    module.__dict__["send_test_event"] = s3_notification.tell_test
