"""Where a kept zip can be fetched for a while: an address with its own signature, as S3's presigned ones have."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from tutor.region.region import Region

PREFIX = "/_code/"
"""The paths of the endpoint that are answered with zips."""

_LASTS = 600  # seconds of region time; AWS's addresses last ten minutes too


def location(region: "Region", blob: str) -> str:
    """An address from which the blob can be fetched without a signed request; a file's where nothing is served."""
    if region.endpoint is None:
        return region.state.blob(blob).absolute().as_uri()
    expires = str(int(region.clock.now()) + _LASTS)
    query = urlencode({"Expires": expires, "Signature": _signature(region, blob, expires)})
    return f"{region.endpoint.rstrip('/')}{PREFIX}{blob}?{query}"


def serve(region: "Region", path: str, query: Mapping[str, str]) -> Path | None:
    """The zip that an address gives: its path and its query, read. None for one that was forged or has expired."""
    blob, expires = path.removeprefix(PREFIX), query.get("Expires", "")
    expected = _signature(region, blob, expires)
    if not expires.isdecimal() or not hmac.compare_digest(expected.encode(), query.get("Signature", "").encode()):
        return None
    file = region.state.blob(blob)
    return file if int(expires) >= region.clock.now() and file.is_file() else None


def _signature(region: "Region", blob: str, expires: str) -> str:
    return hmac.new(_secret(region), f"{blob}\n{expires}".encode(), hashlib.sha256).hexdigest()


def _secret(region: "Region") -> bytes:
    with region.state.transaction():
        kept = region.state.get("secret", "code-location")
        if kept is None:
            kept = {"key": secrets.token_hex(32)}
            region.state.put("secret", "code-location", kept)
    return bytes.fromhex(kept["key"])
