"""Which actions, on which resources, a request to a neighbour needs. From names where they tell it, else from tables.

Source: the service authorization reference, "Actions, resources, and condition keys" of each service.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from tutor.region.call import ACCOUNT
from tutor.region.neighbours.asked import Asked

Needs = list[tuple[str, str]]
_PREFIX = {
    "stepfunctions": "states",
    "dynamodbstreams": "dynamodb",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "sesv2": "ses",
    "apigatewayv2": "apigateway",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
}
_SINGULAR = {
    ("sqs", "SendMessageBatch"): "SendMessage",
    ("sqs", "DeleteMessageBatch"): "DeleteMessage",
    ("sqs", "ChangeMessageVisibilityBatch"): "ChangeMessageVisibility",
    ("sns", "PublishBatch"): "Publish",
}
_S3 = {
    "HeadObject": "GetObject",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "SelectObjectContent": "GetObject",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
_VERB = {"Get": "GET", "Create": "POST", "Put": "PUT", "Update": "PATCH", "Delete": "DELETE", "Import": "POST"}


def needs(wish: Asked) -> Needs:
    """The actions and resource ARNs that the request needs permission for, each of them."""
    special = _SPECIAL.get((wish.service, wish.operation))
    if special is not None:
        return special(wish)
    action = action_of(wish)
    resources = _RESOURCES.get(wish.service, _any)(wish)
    return [(action, resource) for resource in resources]


def action_of(wish: Asked) -> str:
    """The action's name, ``service:Operation``."""
    if wish.service == "s3":
        return f"s3:{_S3.get(wish.operation, wish.operation)}"
    if wish.service in ("apigateway", "apigatewayv2"):
        return f"apigateway:{next((verb for name, verb in _VERB.items() if wish.operation.startswith(name)), 'POST')}"
    operation = _SINGULAR.get((wish.service, wish.operation), wish.operation)
    return f"{_PREFIX.get(wish.service, wish.service)}:{operation}"


def _any(_: Asked) -> list[str]:
    return ["*"]


def _arn(wish: Asked, service: str, rest: str) -> str:
    return f"arn:aws:{service}:{wish.aws_region}:{ACCOUNT}:{rest}"


def _given(parameters: Mapping[str, Any], *names: str) -> str:
    return next((str(parameters[name]) for name in names if parameters.get(name)), "")


def _full(wish: Asked, service: str, kind: str, *names: str) -> list[str]:
    """The ARN that a parameter gives, or is the name of."""
    given = _given(wish.parameters, *names)
    if not given:
        return ["*"]
    return [given if given.startswith("arn:") else _arn(wish, service, kind + given)]


def _queue(wish: Asked) -> list[str]:
    url = _given(wish.parameters, "QueueUrl", "QueueName", "SourceArn")
    return [url if url.startswith("arn:") else _arn(wish, "sqs", url.rsplit("/", 1)[-1])] if url else ["*"]


def _topic(wish: Asked) -> list[str]:
    given = _given(wish.parameters, "TopicArn", "TargetArn", "ResourceArn", "SubscriptionArn")
    name = _given(wish.parameters, "Name") if wish.operation == "CreateTopic" else ""
    topic = ":".join(given.split(":")[:6])
    return [topic or (_arn(wish, "sns", name) if name else "*")]


def _s3(wish: Asked) -> list[str]:
    bucket, key = _given(wish.parameters, "Bucket"), _given(wish.parameters, "Key")
    if not bucket:
        return ["*"]
    return [f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"]


def _table(wish: Asked) -> list[str]:
    items = wish.parameters.get("RequestItems")
    if isinstance(items, Mapping):
        return [_arn(wish, "dynamodb", f"table/{name}") for name in items] or ["*"]
    table = _full(wish, "dynamodb", "table/", "TableName", "ResourceArn", "TableArn", "GlobalTableName")[0]
    index = _given(wish.parameters, "IndexName")
    return [f"{table}/index/{index}" if index else table]


def _dynamodb_stream(wish: Asked) -> list[str]:
    given = _given(wish.parameters, "StreamArn", "ShardIterator")
    if given:
        return [given.split("|")[0]]
    table = _given(wish.parameters, "TableName")
    return [_arn(wish, "dynamodb", f"table/{table}/stream/*")] if table else ["*"]


def _kinesis(wish: Asked) -> list[str]:
    given = _full(wish, "kinesis", "stream/", "StreamARN", "StreamName", "ConsumerARN", "ResourceARN")
    iterator = _given(wish.parameters, "ShardIterator")
    if given == ["*"] and iterator:
        return [_arn(wish, "kinesis", f"stream/{_stream_of(iterator)}")]
    return given


def _stream_of(iterator: str) -> str:
    try:
        return base64.b64decode(iterator).decode().split(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return "*"


def _log_stream(wish: Asked) -> list[str]:
    group = _given(wish.parameters, "logGroupName", "logGroupIdentifier")
    if not group:
        return [
            _arn(wish, "logs", "log-group:" + (_given(wish.parameters, "logGroupNamePrefix") or "") + ":log-stream:")
        ]
    named = group.removesuffix(":*") if group.startswith("arn:") else _arn(wish, "logs", f"log-group:{group}")
    return [f"{named}:log-stream:{_given(wish.parameters, 'logStreamName')}"]


def _key(wish: Asked) -> list[str]:
    given = _given(wish.parameters, "KeyId", "TargetKeyId")
    if not given or given.startswith("arn:"):
        return [given or "*"]
    return [_arn(wish, "kms", given if given.startswith("alias/") else f"key/{given}")]


def _secret(wish: Asked) -> list[str]:
    return _full(wish, "secretsmanager", "secret:", "SecretId", "Name")


def _parameter(wish: Asked) -> list[str]:
    names = wish.parameters.get("Names")
    given = [str(each) for each in names] if isinstance(names, list) else [_given(wish.parameters, "Name", "Path")]
    return [_arn(wish, "ssm", f"parameter/{name.lstrip('/')}") for name in given]


def _event(wish: Asked) -> list[str]:
    entries = wish.parameters.get("Entries")
    if wish.operation == "PutEvents" and isinstance(entries, list):
        buses = {str(entry.get("EventBusName") or "default") for entry in entries if isinstance(entry, Mapping)}
        return [bus if bus.startswith("arn:") else _arn(wish, "events", f"event-bus/{bus}") for bus in sorted(buses)]
    rule = _given(wish.parameters, "Rule") or (_given(wish.parameters, "Name") if "Rule" in wish.operation else "")
    bus = _given(wish.parameters, "EventBusName")
    place = f"{bus.rsplit('/', 1)[-1]}/" if bus and bus != "default" else ""
    return [_arn(wish, "events", f"rule/{place}{rule}")] if rule else _full(wish, "events", "event-bus/", "Name")


def _machine(wish: Asked) -> list[str]:
    return _full(wish, "states", "stateMachine:", "stateMachineArn", "executionArn", "activityArn", "name")


def _iam(wish: Asked) -> list[str]:
    parameters = wish.parameters
    for kind in ("Role", "User", "Group"):
        if parameters.get(f"{kind}Name"):
            return [f"arn:aws:iam::{ACCOUNT}:{kind.lower()}/{parameters[f'{kind}Name']}"]
    if parameters.get("PolicyArn"):
        return [str(parameters["PolicyArn"])]
    return [f"arn:aws:iam::{ACCOUNT}:policy/{parameters['PolicyName']}" if parameters.get("PolicyName") else "*"]


def _role(wish: Asked) -> list[str]:
    return [_given(wish.parameters, "RoleArn") or "*"]


def _stack(wish: Asked) -> list[str]:
    return [f"{arn}/*" if "stack/" in arn else arn for arn in _full(wish, "cloudformation", "stack/", "StackName")]


def _gateway(wish: Asked) -> list[str]:
    api = _given(wish.parameters, "restApiId", "ApiId")
    return [f"arn:aws:apigateway:{wish.aws_region}::/{'apis' if 'ApiId' in wish.parameters else 'restapis'}/{api}"]


_RESOURCES: dict[str, Callable[[Asked], list[str]]] = {
    "sqs": _queue,
    "sns": _topic,
    "s3": _s3,
    "dynamodb": _table,
    "dynamodbstreams": _dynamodb_stream,
    "kinesis": _kinesis,
    "logs": _log_stream,
    "kms": _key,
    "secretsmanager": _secret,
    "ssm": _parameter,
    "events": _event,
    "stepfunctions": _machine,
    "iam": _iam,
    "sts": _role,
    "cloudformation": _stack,
    "apigateway": _gateway,
    "apigatewayv2": _gateway,
}
_WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}


def _transaction(wish: Asked) -> Needs:
    needed: Needs = []
    for item in wish.parameters.get("TransactItems") or ():
        for kind, part in item.items():
            if isinstance(part, Mapping):
                action = _WRITES.get(kind, "GetItem")
                needed.append((f"dynamodb:{action}", _arn(wish, "dynamodb", f"table/{part.get('TableName', '')}")))
    return needed or [("dynamodb:GetItem", "*")]


def _copy(wish: Asked) -> Needs:
    source = _given(wish.parameters, "CopySource").lstrip("/").split("?")[0]
    read = [("s3:GetObject", f"arn:aws:s3:::{source}")] if source else []
    return [*read, *[("s3:PutObject", resource) for resource in _s3(wish)]]


def _delete_objects(wish: Asked) -> Needs:
    bucket = _given(wish.parameters, "Bucket")
    objects = (wish.parameters.get("Delete") or {}).get("Objects") or ()
    return [("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{each.get('Key', '')}") for each in objects]


def _nothing(_: Asked) -> Needs:
    return []


_SPECIAL: dict[tuple[str, str], Callable[[Asked], Needs]] = {
    ("sts", "GetCallerIdentity"): _nothing,
    ("sts", "GetSessionToken"): _nothing,
    ("sts", "AssumeRoleWithWebIdentity"): _nothing,
    ("sts", "AssumeRoleWithSAML"): _nothing,
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("dynamodb", "TransactGetItems"): _transaction,
    ("s3", "CopyObject"): _copy,
    ("s3", "UploadPartCopy"): _copy,
    ("s3", "DeleteObjects"): _delete_objects,
}
