"""Code on its way in: a zip in the call or in S3, looked through, measured and kept among the state's blobs."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.operations.refusal import denied, invalid, not_yet
from tutor.sandbox.archive import archive

if TYPE_CHECKING:
    from tutor.region.region import Region
    from tutor.region.state import State

_EMPTY = b"PK\5\6"  # how a zip without any file begins


@dataclass(frozen=True)
class Package:
    """A zip that was accepted: its blob's name, its size, and what it takes unzipped, in bytes."""

    blob: str
    size: int
    unzipped: int

    @property
    def sha256(self) -> str:
        """``CodeSha256``: the zip's SHA-256 in base64."""
        return base64.b64encode(bytes.fromhex(self.blob)).decode()


def receive(region: "Region", call: Call, code: Mapping[str, Any]) -> Package:
    """Take the code that a call brings, as a zip or as an object in S3, and keep it.

    Raises ``ServiceError``: no source or several, an object that is not there or not readable for the caller, a zip
    that cannot be unzipped or is too large.
    """
    _check_sources(code)
    data = code["ZipFile"] if "ZipFile" in code else _object(region, call, code)
    most = region.quotas.package_size_zipped
    if "ZipFile" in code and len(data) > most:
        raise ServiceError("RequestEntityTooLargeException", f"Zipped size must be smaller than {most} bytes")
    return _keep(region, bytes(data))


def _check_sources(code: Mapping[str, Any]) -> None:
    if code.get("S3ObjectStorageMode") == "REFERENCE":
        raise not_yet("Code that stays in a bucket of yours (S3ObjectStorageMode REFERENCE)")
    in_s3 = [member for member in ("S3Bucket", "S3Key", "S3ObjectVersion") if member in code]
    if "ZipFile" in code and in_s3:
        raise invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.")
    if "ZipFile" not in code and not ("S3Bucket" in code and "S3Key" in code):
        raise invalid("Please provide a source for function code.")


def _keep(region: "Region", data: bytes) -> Package:
    """Keep the zip if it can be used. A blob that is refused does not stay."""
    if not data or data.startswith(_EMPTY):
        raise invalid("Uploaded file must be a non-empty zip")
    known = region.state.blob(hashlib.sha256(data).hexdigest()).exists()
    blob = region.state.keep_blob(data)
    most = region.quotas.package_size_unzipped
    try:
        unzipped = archive(region.state.blob(blob), most).size
        if unzipped > most:
            raise invalid(f"Unzipped size must be smaller than {most} bytes")
    except ServiceError:
        if not known:
            region.state.blob(blob).unlink(missing_ok=True)
        raise
    return Package(blob, len(data), unzipped)


def sweep(state: "State") -> None:
    """Remove the blobs of what was deleted. Only before a region is used: nothing may be on its way in."""
    used: set[str] = set()
    for kind in ("function", "version", "layer-version"):
        for _, document in state.items(kind):
            configuration = document.get("latest", document)
            used.update([configuration["blob"], *configuration.get("layers", ())])
    for path in state.blob("any").parent.iterdir():
        if path.stem not in used:
            path.unlink(missing_ok=True)


def _object(region: "Region", call: Call, code: Mapping[str, Any]) -> bytes:
    """The object's bytes, read with the caller's own rights."""
    from botocore.exceptions import ClientError

    where = {"Bucket": code["S3Bucket"], "Key": code["S3Key"]}
    if "S3ObjectVersion" in code:
        where["VersionId"] = code["S3ObjectVersion"]
    client: Any = region.neighbours.client("s3", call.aws_region, call.caller)
    try:
        answer = client.get_object(**where)
    except ClientError as error:
        raise _unreadable(error, code) from None
    most = region.quotas.package_size_unzipped
    if answer["ContentLength"] > most:
        raise invalid(f"Unzipped size must be smaller than {most} bytes")
    body: bytes = answer["Body"].read()
    return body


def _unreadable(error: Any, code: Mapping[str, Any]) -> ServiceError:
    """AWS's words for an object that it could not get."""
    said = error.response.get("Error", {})
    told = f"S3 Error Code: {said.get('Code', '')}. S3 Error Message: {said.get('Message', '')}"
    if said.get("Code") in ("AccessDenied", "AccessDeniedException"):
        return denied(
            "Your access has been denied by S3, please make sure your request credentials have permission to GetObject "
            f"for {code['S3Bucket']}/{code['S3Key']}. {told}"
        )
    return invalid(f"Error occurred while GetObject. {told}")
