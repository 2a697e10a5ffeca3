"""What a request asks for: the service, the operation and its parameters, read with moto's own routes and parsers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from tutor.errors import ServiceError
from tutor.region.api.message import HttpRequest
from tutor.region.neighbours.changing import changes
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.wire import Scope

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/,\s]*/([^/,\s]*)/([^/,\s]*)/aws4_request")
_REGION = re.compile(r"[a-z0-9-]{1,64}")
_NAMES = {
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "email": "ses",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
    "execute-api": "apigatewaymanagementapi",
    "eventbridge": "events",
}
"""botocore's name of a service where it is not the name that requests are signed for."""


THERE = (
    "In this region there are lambda, s3, sqs, sns, dynamodb, kinesis, events, scheduler, stepfunctions, apigateway, "
    "apigatewayv2, elbv2, logs, cloudwatch, iam, sts, kms, secretsmanager, ssm, cloudformation, cognito-idp and others "
    "that moto has."
)
"""What is said to who asks for a service that is not here."""


@dataclass(frozen=True)
class Asked:
    """One recognised request to a neighbour.

    ``service`` is botocore's name, ``protocol`` the one that the client speaks; ``operation`` and ``parameters`` (empty
    if the body cannot be read) have the names of the service's model; ``changes`` says whether it may change what the
    service keeps.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    aws_region: str
    changes: bool
    protocol: str = "json"


def scope_of(request: HttpRequest) -> Scope:
    """For what a request was signed: from its header or, presigned, its query. An unsigned one is S3's, as on AWS."""
    signed = _CREDENTIAL.search(request.headers.get("authorization", ""))
    if signed:
        return Scope(*signed.groups())
    query = parse_qs(request.query)
    credential = query.get("X-Amz-Credential", [""])[0].split("/")
    if len(credential) == 5:
        return Scope(credential[0], credential[2], credential[3])
    key = query.get("AWSAccessKeyId", ["AKIAIOSFODNN7EXAMPLE"])[0]
    return Scope(key, *_unsigned(request))


def _unsigned(request: HttpRequest) -> tuple[str, str]:
    answered = re.match(r"/cloudformation_([a-z0-9-]+)/cfnresponse", request.path)
    if answered:
        return answered[1], "cloudformation"
    action = re.search(rb"Action=(\w+)", request.data()[:4096]) if request.method == "POST" else None
    if action and action[1] in (b"AssumeRoleWithWebIdentity", b"AssumeRoleWithSAML"):
        return "us-east-1", "sts"
    target = request.headers.get("x-amz-target", "")
    if target.startswith(("AWSCognitoIdentityService", "AWSCognitoIdentityProviderService")):
        return "us-east-1", "cognito-identity" if "IdentityService" in target else "cognito-idp"
    return "us-east-1", "s3"


def service_of(scope: Scope, request: HttpRequest) -> str:
    """botocore's name of the service: some share the name that they are signed for."""
    name = scope.service.lower()
    if name == "dynamodb" and request.headers.get("x-amz-target", "").startswith("DynamoDBStreams"):
        return "dynamodbstreams"
    if name == "elasticloadbalancing" and b"Version=2012-06-01" in request.data():
        return "elb"
    if name == "apigateway" and request.path.startswith("/v2/"):
        return "apigatewayv2"
    if name == "email" or name == "ses":
        return "sesv2" if request.path.startswith("/v2/") else "ses"
    if name == "s3" and request.path.startswith("/v20180820/"):
        return "s3control"
    return _NAMES.get(name, name)


@cache
def _known() -> frozenset[str]:
    from botocore.session import Session

    return frozenset(Session().get_available_services())


def protocol_of(service: str) -> str:
    """The protocol in which a service's errors are told; json for a service that is none."""
    if service not in _known():
        return "json"
    return str(moto("core.utils").get_service_model(service).metadata["protocol"])


def asked(request: Any, service: str, aws_region: str) -> Asked:
    """What this request (one of moto's form) asks of the service.

    Raises ``ServiceError`` for a service that does not exist and an operation that its model does not have.
    """
    if not _REGION.fullmatch(aws_region):
        raise ServiceError("InvalidSignatureException", f"{aws_region!r} is no name of an AWS region.")
    if service not in _known():
        raise ServiceError("UnknownServiceException", f"No service of AWS is signed for as {service!r}. {THERE}")
    operation, in_path = _routed(request, service)
    model = moto("core.utils").get_service_model(service)
    protocol = moto("core.request").determine_request_protocol(model, request.content_type)
    parameters = _parsed(request, protocol, operation, in_path)
    return Asked(service, operation.name, parameters, aws_region, changes(service, operation.name), protocol)


def _routed(request: Any, service: str) -> tuple[Any, dict[str, Any]]:
    routing = moto("core.routing")
    try:
        operation, in_path = routing.get_service_router(service).match(request)
        return operation, in_path
    except (routing.NotFound, NotImplementedError) as missing:
        action = str(request.values.get("Action") or "")
        if action:
            version = request.values.get("Version")
            raise ServiceError("InvalidAction", f"Could not find operation {action} for version {version}") from missing
        asked_for = request.headers.get("X-Amz-Target") or f"{request.method} {request.path}"
        raise ServiceError("UnknownOperationException", f"{service} has no operation for {asked_for}.") from missing


def _parsed(request: Any, protocol: str, operation: Any, in_path: dict[str, Any]) -> Mapping[str, Any]:
    parser = moto("core.parse").PROTOCOL_PARSERS[protocol](operation)
    parts = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": b"" if operation.has_streaming_input else request.data,
        "url_path": request.path,
        "url_params": in_path,
    }
    try:
        return dict(parser.parse(parts) or {})
    except (ValueError, KeyError, TypeError, AttributeError, moto("core.parse").RequestParserError):
        return {}
