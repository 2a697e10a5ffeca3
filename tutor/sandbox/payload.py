"""What a runtime answered, as the value that a caller gets."""

import json
import math
import re
from codecs import BOM_UTF8
from itertools import accumulate

from tutor.awslambda.invocation import Json
from tutor.sandbox import json_text

_TEXT, _NO_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL), bytes(set(range(256)) - set(b"[]{}"))
_DEEPEST = 256


def payload_value(body: bytes) -> Json:
    """The payload as a JSON value; a body that is none (NaN and infinity are no JSON) is given as text.

    So is one that is nested too deeply to be written again by whatever looks at it later.
    """
    try:
        if len(body) <= 2 * _DEEPEST and b"\0" not in body and not body.startswith(BOM_UTF8):
            return _decode(body.decode("utf-8", "surrogatepass"))
        if _depth(body) > _DEEPEST:
            return body.decode(errors="replace")
        return _decode(body.decode(json.detect_encoding(body), "surrogatepass"))
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def _depth(body: bytes) -> int:
    """How deeply JSON is nested; 0 where the number of its brackets says that it cannot matter."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return 0
    brackets = _TEXT.sub(b"", body).translate(None, _NO_BRACKETS)
    return max(accumulate(1 if letter in b"[{" else -1 for letter in brackets), default=0)


def _no_number(constant: str) -> Json:
    raise ValueError(f"{constant} is no JSON")


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


_decode = json_text.decoder(json.JSONDecoder(parse_constant=_no_number, parse_float=_number))
