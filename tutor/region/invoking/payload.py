"""The payload of an invocation: its limits, and that it is JSON. The texts are AWS's, of its JSON parser too.

Source: recordings of the real service; the sentences on tokens are those of the parser that it uses (Jackson).
"""

import json
from typing import Any, Literal

from tutor.errors import ServiceError

InvocationType = Literal["RequestResponse", "Event"]
_SPACE = " \t\r\n"
_DEEPEST = 1000  # how deep the service's parser reads
_EXPECTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_SOURCE = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {line}, column: {column}]"


def check_size(payload: bytes, kind: InvocationType, limit: int) -> None:
    """Refuse a payload over the limit (in bytes) of its invocation type."""
    if len(payload) > limit:
        raise too_large(len(payload), kind, limit)


def too_large(size: int, kind: InvocationType, limit: int) -> ServiceError:
    """The refusal of a payload of so many bytes."""
    text = f"{size} byte payload is too large for the {kind} invocation type (limit {limit} bytes)"
    return ServiceError("RequestEntityTooLargeException", text)


def checked(payload: bytes) -> bytes:
    """The payload as a function gets it: an empty one is ``{}``. Raises ``ServiceError`` for what is no JSON."""
    if not payload:
        return b"{}"
    try:
        text = payload.decode()
        _DECODER.decode(text)
    except UnicodeDecodeError as error:
        told = _bad_bytes(payload, error)
        line, column = _place(payload[: error.start])
        raise _unreadable(told, line, column + told.startswith("Invalid")) from None  # it has read one byte more
    except RecursionError:
        deep = f"Document nesting depth ({_DEEPEST + 1}) exceeds the maximum allowed ({_DEEPEST}, from "
        raise _unreadable(f"{deep}`StreamReadConstraints.getMaxNestingDepth()`)", *_place(payload)) from None
    except json.JSONDecodeError as error:
        raise _unreadable(_unexpected(text, error), *_place(text[: error.pos].encode())) from None
    except ValueError as error:
        raise _unreadable(str(error), *_place(payload)) from None
    return payload


def _no_constant(name: str) -> Any:
    raise ValueError(f"Non-standard token '{name}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _place(before: bytes) -> tuple[int, int]:
    """Line and column of what comes after ``before``, both from one; columns count bytes."""
    return before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1


def _unreadable(what: str, line: int, column: int) -> ServiceError:
    text = f"Could not parse request body into json: Could not parse payload into json: {what}"
    return ServiceError("InvalidRequestContentException", f"{text}\n at {_SOURCE.format(line=line, column=column)}")


def _bad_bytes(payload: bytes, error: UnicodeDecodeError) -> str:
    byte = payload[error.start]
    if not payload[: error.start].strip():
        return f"Unexpected character ((CTRL-CHAR, code {byte})): expected a valid value {_EXPECTED}"
    if error.reason == "invalid start byte":
        return f"Invalid UTF-8 start byte {byte:#x}"
    return f"Invalid UTF-8 middle byte {payload[min(error.start + 1, len(payload) - 1)]:#x}"


def _unexpected(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos :]
    if not rest.strip(_SPACE):
        return "Unexpected end-of-input: expected close marker" if text.strip(_SPACE) else "No content to map"
    token = _token(rest)
    if token and error.msg == "Expecting value":
        return f"Unrecognized token '{token}': was expecting {_EXPECTED}"
    letter = rest[0]
    shown = f"'{letter}' (code {ord(letter)})" if letter.isprintable() else f"(CTRL-CHAR, code {ord(letter)})"
    return f"Unexpected character ({shown}): {error.msg}"


def _token(text: str) -> str:
    end = next((index for index, letter in enumerate(text) if not (letter.isalnum() or letter in "_$")), len(text))
    return text[:end] if text[0].isalpha() or text[0] in "_$" else ""
