"""The valid name closest to what was written, for error messages."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The closest of ``valid`` to ``name``, whatever its case; None where nothing is close."""
    by_folded = {candidate.casefold(): candidate for candidate in valid}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.5)
    return by_folded[close[0]] if close else None


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """`` (did you mean 'x'?)`` or nothing, to be appended to a sentence."""
    near = nearest(name, valid)
    return f" (did you mean {near!r}?)" if near else ""
