"""A hash by which a value is known again."""

import hashlib
import json
from typing import Any


def fingerprint(value: Any) -> str:
    """SHA-256, in hex, of ``value`` (a JSON value) as canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
