"""Lambda authorizers: a function that is asked, before an API lets a request through, who it is and what it may.

Source: API Gateway developer guide, "Use API Gateway Lambda authorizers" and, for HTTP APIs, "Control access to HTTP
APIs with AWS Lambda authorizers". Each request asks anew: answers are not kept for later ones here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.awslambda import http_message
from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT
from tutor.region.neighbours.policy import Verdict, Wish, judge
from tutor.region.triggers.asking import TookTooLong, ask, for_service
from tutor.region.triggers.integration import function_of

if TYPE_CHECKING:
    from tutor.region.region import Region

_SOURCE = "apigateway.amazonaws.com"
_SECONDS = 10.0
_WITHOUT = ("body", "isBase64Encoded")
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Denied:
    """Why a request does not come through: ``missing`` identity, ``unauthorized``, ``denied`` explicitly or not, or an
    authorizer that is ``broken`` (``why``)."""

    how: str
    why: str = ""


@dataclass(frozen=True)
class Passed:
    """A request that comes through, with what its authorizer says of it."""

    context: Mapping[str, Any]


Judgement = Passed | Denied


class Authorizers:
    """Asks the authorizer functions of APIs."""

    def __init__(self, region: "Region") -> None:
        self._region = region

    def of_rest(self, authorizer: Event, place: str, arn: str, event: Event, variables: Mapping[str, str]) -> Judgement:
        """What the authorizer of a REST API says. ``place`` is ``<aws-region>/<api>``, ``arn`` the method's."""
        sources = [each.strip() for each in str(authorizer.get("identitySource") or "").split(",") if each.strip()]
        given = [_identity(each, event) for each in sources]
        if any(value is None for value in given) or (authorizer["type"] == "TOKEN" and not given):
            return Denied("missing")
        if authorizer["type"] == "TOKEN":
            wanted = authorizer.get("identityValidationExpression")
            if wanted and not re.fullmatch(str(wanted), str(given[0])):
                return Denied("missing")
            asked: Event = {"type": "TOKEN", "methodArn": arn, "authorizationToken": given[0]}
        else:
            whole = {name: value for name, value in event.items() if name not in _WITHOUT}
            asked = {"type": "REQUEST", "methodArn": arn, **whole}
        said = self._said(authorizer, "authorizerUri", "authorizerCredentials", place, asked, variables)
        return said if isinstance(said, Denied) else _by_policy(said, arn)

    def of_http(self, authorizer: Event, place: str, arn: str, event: Event, variables: Mapping[str, str]) -> Judgement:
        """What the authorizer of an HTTP API says; ``event`` is the request's in the authorizer's own format."""
        given = [_identity(each, event) for each in authorizer.get("IdentitySource") or ()]
        if any(value is None for value in given):
            return Denied("missing")
        first = authorizer.get("AuthorizerPayloadFormatVersion") == "1.0"
        whole = {name: value for name, value in event.items() if name not in _WITHOUT}
        about = {"methodArn": arn} if first else {"routeArn": arn, "identitySource": given or None}
        said = self._said(
            authorizer,
            "AuthorizerUri",
            "AuthorizerCredentialsArn",
            place,
            {**whole, "type": "REQUEST", **about},
            variables,
        )
        if isinstance(said, Denied):
            return said
        if authorizer.get("EnableSimpleResponses"):
            if not isinstance(said, dict) or not isinstance(said.get("isAuthorized"), bool):
                return Denied("broken", "the authorizer's answer has no isAuthorized")
            return Passed({"lambda": said.get("context") or {}}) if said["isAuthorized"] else Denied("denied")
        judgement = _by_policy(said, arn)
        return Passed({"lambda": said.get("context") or {}}) if isinstance(judgement, Passed) else judgement

    def _said(
        self, authorizer: Event, uri: str, role: str, place: str, asked: Event, variables: Mapping[str, str]
    ) -> Any:
        aws_region, _, api = place.partition("/")
        function = function_of(str(authorizer.get(uri) or ""), variables)
        if function is None:
            return Denied("broken", "the authorizer names no function")
        id_ = authorizer.get("id") or authorizer.get("AuthorizerId")
        source = f"arn:aws:execute-api:{aws_region}:{ACCOUNT}:{api}/authorizers/{id_}"
        caller = for_service(_SOURCE, source, authorizer.get(role) or None)
        try:
            done = ask(
                self._region, function, dict(asked), caller, aws_region=aws_region, seconds=_SECONDS, source=_SOURCE
            )
        except TookTooLong:
            return Denied("broken", f"the authorizer {function} took too long")
        except ServiceError as refusal:
            return Denied("broken", f"the authorizer {function} was not invoked: {refusal}")
        if done.function_error:
            payload = done.payload if isinstance(done.payload, dict) else {}
            if payload.get("errorMessage") == "Unauthorized":
                return Denied("unauthorized")
            return Denied("broken", f"the authorizer {function} failed: {payload.get('errorMessage')}")
        return done.payload


def _by_policy(said: Any, arn: str) -> Judgement:
    """What the policy in an authorizer's answer says of the method."""
    if not isinstance(said, dict) or not said.get("principalId") or not isinstance(said.get("policyDocument"), dict):
        return Denied("broken", "the authorizer's answer has no principalId or policyDocument")
    context = said.get("context") or {}
    if not isinstance(context, dict) or any(isinstance(each, dict | list) for each in context.values()):
        return Denied("broken", "the authorizer's context has values that are no texts, numbers or booleans")
    verdict = judge([said["policyDocument"]], Wish("execute-api:Invoke", arn))
    if verdict is not Verdict.ALLOWED:
        return Denied("denied", "explicitly" if verdict is Verdict.DENIED else "")
    key = {"usageIdentifierKey": said["usageIdentifierKey"]} if said.get("usageIdentifierKey") else {}
    return Passed({"principalId": str(said["principalId"]), **{k: _text(v) for k, v in context.items()}, **key})


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _identity(source: str, event: Event) -> str | None:
    """The value of an identity source such as ``method.request.header.Auth`` or ``$request.querystring.t``."""
    where, _, name = source.removeprefix("method.request.").removeprefix("$request.").partition(".")
    kind = where.lower()
    if kind == "header":
        headers = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
        return headers.get(name.lower()) or None
    if kind == "querystring":
        return (event.get("queryStringParameters") or {}).get(name) or None
    found: Any = (
        event.get("requestContext") if source.startswith(("context.", "$context.")) else event.get("stageVariables")
    )
    return (found or {}).get(name) or None


def rest_refusal(denied: Denied) -> tuple[int, dict[str, Any], str]:
    """Status, body and error type by which a REST API refuses."""
    if denied.how in ("missing", "unauthorized"):
        return 401, {"message": "Unauthorized"}, "UnauthorizedException"
    if denied.how == "denied":
        more = " with an explicit deny in an identity-based policy" if denied.why else ""
        return 403, {"Message": f"User is not authorized to access this resource{more}"}, "AccessDeniedException"
    return 500, {"message": None}, "AuthorizerConfigurationException"


def http_refusal(denied: Denied) -> http_message.HttpResponse:
    """The answer by which an HTTP API refuses."""
    status, text = {
        "missing": (401, "Unauthorized"),
        "unauthorized": (401, "Unauthorized"),
        "denied": (403, "Forbidden"),
    }.get(denied.how, (500, "Internal Server Error"))
    return http_message.json_response(status, {"message": text})
