"""An answer's JSON text, as AWS's own client writes it: it has simplejson do that, which knows more than ``json``.

Numbers of ``decimal`` keep their digits, named tuples are objects with names, bytes within are text. Few answers have
any of that: most are written by the standard library, in a tenth of the time.
"""

from __future__ import annotations

import json
import marshal
import sys

from bootstrap_line import encoder as encoder_of_plain  # type: ignore[import-not-found] # beside it in /var/runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_WITHOUT_REFERENCES = 2  # marshal's format; with a later one a list that holds itself would pass
_NO_NUMBERS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_REFUSED_KEY = "keys must be str, int, float, bool or None, not "


def encoder(*, ascii_only: bool) -> Callable[[Any], str]:
    """What AWS's marshaller does. It raises ``TypeError``, ``ValueError`` or ``RecursionError`` in the same words."""
    plain = encoder_of_plain(None, ascii_only=ascii_only)
    written = json.encoder.encode_basestring_ascii if ascii_only else json.encoder.encode_basestring
    special = _Special(written)

    def encode(value: Any) -> str:
        try:
            marshal.dumps(value, _WITHOUT_REFERENCES)  # refuses what is derived from a built-in type: named tuples
            text: str = plain(value)
            return text
        except (TypeError, ValueError, RecursionError):
            return special.text(value, frozenset())

    return encode


class _Special:
    """Writes what the standard library does not know, or knows in another way; ``written`` puts a text in quotes."""

    def __init__(self, written: Callable[[str], str]) -> None:
        self._written = written

    def text(self, value: Any, within: frozenset[int]) -> str:
        """One value, inside of those that have these ids."""
        if isinstance(value, (str, bytes)):
            return self._written(_decoded(value))
        if value is None or isinstance(value, (int, float)) or _is_decimal(value):
            return _word(value)
        if id(value) in within:
            raise ValueError("Circular reference detected")
        return self._container(value, within | {id(value)})

    def _container(self, value: Any, within: frozenset[int]) -> str:
        named = getattr(value, "_asdict", None)
        if callable(named) and not isinstance(value, list):
            value = named()
            if not isinstance(value, dict):
                raise TypeError("_asdict() must return a dict, not " + type(value).__name__)
        if isinstance(value, dict):
            pairs = [f"{self._written(_key(key))}: {self.text(item, within)}" for key, item in value.items()]
            return "{" + ", ".join(pairs) + "}"
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join([self.text(item, within) for item in value]) + "]"
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def _decoded(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _key(key: Any) -> str:
    if isinstance(key, (str, bytes)):
        return _decoded(key)
    if key is None or isinstance(key, (int, float)):
        return _word(key)
    raise TypeError(_REFUSED_KEY + type(key).__name__)


def _word(value: Any) -> str:
    """A number, or what is one word in JSON."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        text = float.__repr__(value)
        return _NO_NUMBERS.get(text, text)
    return "NaN" if value.is_nan() else str(value)


def _is_decimal(value: object) -> bool:
    decimal = sys.modules.get("decimal")
    return decimal is not None and isinstance(value, decimal.Decimal)
