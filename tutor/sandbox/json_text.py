"""JSON on the shortest way: what ``json`` does, by encoders and decoders that are made once and asked directly."""

import json
from collections.abc import Callable
from typing import Any


def encoder(*, ascii_only: bool, separators: tuple[str, str] = (", ", ": ")) -> Callable[[Any], str]:
    """What ``json.JSONEncoder.encode`` does; it raises what that raises."""
    careful = json.JSONEncoder(ensure_ascii=ascii_only, separators=separators)
    made = getattr(json.encoder, "c_make_encoder", None)
    if made is None:
        return careful.encode
    written = json.encoder.encode_basestring_ascii if ascii_only else json.encoder.encode_basestring
    between, after_name = separators
    pieces = made(None, careful.default, written, None, after_name, between, False, False, True)

    def encode(value: Any) -> str:
        try:
            return "".join(pieces(value, 0))
        except (TypeError, ValueError, RecursionError):
            return careful.encode(value)  # it knows what is wrong, and tells it in its own words

    return encode


def decoder(made: json.JSONDecoder) -> Callable[[str], Any]:
    """What the decoder's ``decode`` does; it raises what that raises."""
    scan: Callable[[str, int], tuple[Any, int]] = made.scan_once  # type: ignore[attr-defined] # typeshed lacks it

    def decode(text: str) -> Any:
        try:
            value, end = scan(text, 0)
            if end == len(text):
                return value
        except StopIteration:
            pass
        return made.decode(text)  # white space around it, or an error that it words

    return decode
