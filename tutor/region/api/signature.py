"""Who signed a request: AWS's signature in its header or query form, read, and verified where the key is known.

The time of a signature is not compared with the region's clock, which may be hours ahead of the client's. A presigned
URL expires by this host's clock, by which it was made.
"""

import re
import time as machine
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import parse_qsl

from tutor.errors import ServiceError
from tutor.region.api.message import HttpRequest

SecretOf = Callable[[str], str | None]
"""The secret of an access key that the region gave out; None for any other key."""

_ALGORITHM = "AWS4-HMAC-SHA256"
_TIME = re.compile(r"[0-9]{8}T[0-9]{6}Z", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SCOPE_PARTS = 5  # key, date, region, service, aws4_request
_HEADER_FORM = f"{_ALGORITHM} "
_FIELDS = ("Credential", "Signature", "SignedHeaders")
_OLD_FORM = ("AWSAccessKeyId", "Signature", "Expires")


@dataclass(frozen=True)
class SignedRequest:
    """What a signature says. ``presigned`` where it stands in the query; ``verified`` where its key is known."""

    access_key: str
    region: str
    service: str
    session_token: str | None = None
    presigned: bool = False
    verified: bool = False


@dataclass(frozen=True)
class Claim:
    """A signature as it stands in a request, before it is verified."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    time: str
    session_token: str | None
    presigned: bool


def is_signed(request: HttpRequest) -> bool:
    """Whether there is any signature at all, of whatever quality."""
    if "authorization" in request.headers:
        return True
    return "X-Amz-Signature=" in request.query or all(f"{name}=" in request.query for name in _OLD_FORM)


def missing_token() -> ServiceError:
    """AWS's refusal of a request without a signature."""
    return ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")


def signed(request: HttpRequest, secret_of: SecretOf) -> SignedRequest:
    """What the signature says. Raises AWS's errors: no signature, an incomplete one, one of another secret."""
    header, expires = request.headers.get("authorization"), ""
    if header is not None:
        claim = _header_claim(header, request)
    elif "X-Amz-Signature=" in request.query:
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        claim = _query_claim(query)
        expires = query.get("X-Amz-Expires", "")
    elif all(f"{name}=" in request.query for name in _OLD_FORM):
        return _old_presigned(request, secret_of)
    else:
        raise missing_token()
    _check_form(claim)
    _check_expiry(claim, expires)
    secret = secret_of(claim.access_key)
    if secret is not None:
        from tutor.region.api.verification import verify  # botocore's signers are not needed for unknown keys

        verify(request, claim, secret)
    return SignedRequest(
        claim.access_key, claim.region, claim.service, claim.session_token, claim.presigned, secret is not None
    )


def _header_claim(header: str, request: HttpRequest) -> Claim:
    if not header.startswith(_HEADER_FORM):
        raise _unsupported(header.split(" ", 1)[0])
    scope, mark, signature = header.rpartition(" Signature=")  # at the end, as every client puts it
    fields = {**_fields(scope), "Signature": signature.strip()} if mark and "," not in signature else _fields(header)
    time = request.headers.get("x-amz-date") or _basic_time(request.headers.get("date", ""))
    missing = [f"Authorization header requires '{name}' parameter." for name in _FIELDS if not fields.get(name)]
    missing += [f"'{name}' is no parameter of the Authorization header." for name in fields if name not in _FIELDS]
    if not time:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        raise ServiceError("IncompleteSignatureException", " ".join(missing))
    token = request.headers.get("x-amz-security-token")
    return _claim(fields["Credential"], fields["SignedHeaders"], fields["Signature"], time, token, presigned=False)


@lru_cache(maxsize=200)
def _fields(header: str) -> Mapping[str, str]:
    """The header's parameters."""
    parts = (part.partition("=") for part in header[len(_HEADER_FORM) :].rstrip(", ").split(","))
    return {name.strip(): value.strip() for name, _, value in parts}


def _unsupported(algorithm: str) -> ServiceError:
    return ServiceError("IncompleteSignatureException", f"Unsupported AWS 'algorithm': '{algorithm}'.")


def _basic_time(date: str) -> str:
    """A ``Date`` header as the basic form of ISO 8601; empty where it is none."""
    try:
        return parsedate_to_datetime(date).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, OverflowError):
        return ""


def _query_claim(query: Mapping[str, str]) -> Claim:
    names = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
    missing = [f"AWS query-string parameters must include '{name}'." for name in names if not query.get(name)]
    if missing:
        raise ServiceError("IncompleteSignatureException", " ".join(missing))
    if query["X-Amz-Algorithm"] != _ALGORITHM:
        raise _unsupported(query["X-Amz-Algorithm"])
    _, credential, signature, headers, time = (query[name] for name in names)
    return _claim(credential, headers, signature, time, query.get("X-Amz-Security-Token"), presigned=True)


def _claim(credential: str, headers: str, signature: str, time: str, token: str | None, *, presigned: bool) -> Claim:
    return Claim(*_scope(credential), _names(headers), signature, time, token, presigned)


@lru_cache(maxsize=200)
def _names(headers: str) -> tuple[str, ...]:
    return tuple(name for name in headers.lower().split(";") if name)


@lru_cache(maxsize=200)
def _scope(credential: str) -> tuple[str, str, str, str]:
    """Key, date, region and service of a credential."""
    parts = credential.split("/")
    if len(parts) != _SCOPE_PARTS or not all(parts):
        raise ServiceError(
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'",
        )
    key, date, region, service, term = parts
    if term != "aws4_request":
        raise ServiceError(
            "InvalidSignatureException",
            f"Credential should be scoped with a valid terminator: 'aws4_request', not '{term}'.",
        )
    return key, date, region, service


def _check_form(claim: Claim) -> None:
    """The time's and the signature's shape, the scope's date, and that the host is signed."""
    if not _TIME.fullmatch(claim.time):
        raise ServiceError(
            "IncompleteSignatureException",
            f"Date must be in ISO-8601 'basic format'. Got '{claim.time}'. See http://en.wikipedia.org/wiki/ISO_8601",
        )
    if claim.time[:8] != claim.date:
        raise ServiceError(
            "InvalidSignatureException",
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{claim.date}' != '{claim.time[:8]}', from '{claim.time}'.",
        )
    if not _SIGNATURE.fullmatch(claim.signature):
        raise mismatch()
    if "host" not in claim.signed_headers:
        raise ServiceError("InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization.")


def _check_expiry(claim: Claim, seconds: str) -> None:
    """Refuse a presigned URL whose time is over; one that names no time has none."""
    if not seconds:
        return
    try:
        begun = datetime.strptime(claim.time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        end = begun + timedelta(seconds=int(seconds))
    except (ValueError, OverflowError):
        raise ServiceError("AuthorizationQueryParametersError", "X-Amz-Expires should be a number") from None
    now = datetime.fromtimestamp(machine.time(), UTC)
    if now > end:
        text = f"Signature expired: {end:%Y%m%dT%H%M%SZ} is now earlier than {now:%Y%m%dT%H%M%SZ}"
        raise _expired() if claim.service == "s3" else ServiceError("InvalidSignatureException", text)


def _expired() -> ServiceError:
    return ServiceError("AccessDenied", "Request has expired")


def mismatch() -> ServiceError:
    """AWS's refusal of a signature that is not the one the secret makes."""
    return ServiceError(
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
    )


def _old_presigned(request: HttpRequest, secret_of: SecretOf) -> SignedRequest:
    """A presigned URL of S3's older form, which boto3 still makes; it names no region."""
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    key = query["AWSAccessKeyId"]
    if query["Expires"].isdecimal() and int(query["Expires"]) < machine.time():
        raise _expired()
    secret = secret_of(key)
    if secret is not None:
        from tutor.region.api.verification import verify_old_form

        verify_old_form(request, query, secret)
    return SignedRequest(key, "us-east-1", "s3", query.get("x-amz-security-token"), True, secret is not None)
