"""Verifies a signature whose secret is known, by making it again with botocore's own signers."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest, HTTPHeaders
from botocore.credentials import Credentials

from tutor.region.api.message import HttpRequest
from tutor.region.api.signature import Claim, mismatch

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CHUNK = 1 << 20


class _OldQuery(HmacV1QueryAuth):  # type: ignore[misc]  # botocore brings no types
    """S3's older form, with the time that the client chose."""

    def _get_date(self) -> str:
        return str(self._expires)


_SIGNERS = {
    (False, False): SigV4Auth,
    (False, True): SigV4QueryAuth,
    (True, False): S3SigV4Auth,
    (True, True): S3SigV4QueryAuth,
}
"""By whether the service is S3, which has rules of its own, and whether the signature stands in the query."""


def verify(request: HttpRequest, claim: Claim, secret: str) -> None:
    """Raise ``InvalidSignatureException`` where the secret makes another signature, or the body is another."""
    _check_body(request)
    credentials = Credentials(claim.access_key, secret, claim.session_token)
    signer = _SIGNERS[claim.service == "s3", claim.presigned](credentials, claim.service, claim.region)
    signed = {name: request.headers.get(name, "") for name in claim.signed_headers}
    signer.headers_to_sign = lambda _: HTTPHeaders.from_dict(signed)  # the client's choice, not botocore's
    digest = {name: request.headers[name] for name in ("x-amz-content-sha256",) if name in request.headers}
    if not isinstance(request.body, bytes):
        request.body.seek(0)
    again = AWSRequest(request.method, _url(request, "X-Amz-Signature"), signed | digest, request.body)
    again.context["timestamp"] = claim.time
    text = signer.string_to_sign(again, signer.canonical_request(again))
    if not hmac.compare_digest(signer.signature(text, again), claim.signature):
        raise mismatch()


def _url(request: HttpRequest, *left_out: str) -> str:
    """The URL that was signed: without what the signature itself added to it."""
    kept = "&".join(part for part in request.query.split("&") if part.partition("=")[0] not in left_out)
    return f"http://{request.headers.get('host', '')}{request.path}" + (f"?{kept}" if kept else "")


def _check_body(request: HttpRequest) -> None:
    """Where the client says the body's digest, it is the body's."""
    said = request.headers.get("x-amz-content-sha256", "")
    if _DIGEST.fullmatch(said) and not hmac.compare_digest(_digest(request), said):
        raise mismatch()


def _digest(request: HttpRequest) -> str:
    digest = hashlib.sha256()
    if isinstance(request.body, bytes):
        digest.update(request.body)
    else:
        request.body.seek(0)
        while chunk := request.body.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def verify_old_form(request: HttpRequest, query: Mapping[str, str], secret: str) -> None:
    """The same for a presigned URL of S3's older form."""
    token = query.get("x-amz-security-token")
    signer = _OldQuery(Credentials(query["AWSAccessKeyId"], secret, token), expires=query["Expires"])
    kept = ("content-type", "content-md5")
    headers = {name: value for name, value in request.headers.items() if name.startswith("x-amz-") or name in kept}
    if token:
        headers["x-amz-security-token"] = token
    url = _url(request, "AWSAccessKeyId", "Signature", "Expires", "x-amz-security-token")
    made = signer.get_signature(request.method, urlsplit(url), HTTPHeaders.from_dict(headers))
    if not hmac.compare_digest(made, query["Signature"]):
        raise mismatch()
