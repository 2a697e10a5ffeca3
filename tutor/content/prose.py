"""What of a Markdown template is prose, and which numbers stand in it although they should be filled in.

Templates' expressions, code (in backticks or fenced) and addresses are not prose. Digits belong to a number unless
they are part of a name: S3, python3.13, x86_64, us-east-1, DVA-C03. Whole numbers up to ten may be words.
"""

import re
from collections.abc import Iterator

BLANK = "\0"
"""Stands in the prose for each character that is none; line breaks stay."""

_TEMPLATE = re.compile(
    r"\{%-?\s*raw\s*-?%\}(?P<raw>.*?)\{%-?\s*endraw\s*-?%\}"
    r"|\{#.*?#\}|\{%.*?%\}"
    r"|\{\{(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|(?!\}\}).)*\}\}",
    re.DOTALL,
)
_FENCE = re.compile(
    r"^[ \t>]*(?:[-*+] +|\d+[.)] +)?(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)
_SPAN = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_ADDRESS = re.compile(
    r"(?<=\]\()[^)\s]+|<https?://[^>\s]*>|https?://[^\s)>\]]+|^[ \t]*\[[^\]\n]+\]:[ \t]*\S+", re.MULTILINE
)
_MARKER = re.compile(r"[ \t>]*(?:10|[1-9])[.)](?=[ \t])")

_TOKEN = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\w[\w.\-]*")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d[a-z]?")
_WORD = re.compile(
    r"\b(?:eleven(?:th)?|twelve|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teen(?:th)?"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)t(?:y|ieth)|hundred(?:th)?|thousand(?:th)?"
    r"|(?:m|b|tr)illion(?:th)?|dozen)\b",
    re.IGNORECASE,
)


def prose(source: str) -> str:
    """``source`` with everything that is not prose blanked out, character by character."""
    text = _TEMPLATE.sub(_blank_template, source)
    for pattern in (_FENCE, _SPAN, _ADDRESS):
        text = pattern.sub(lambda found: blank(found.group()), text)
    return _without_markers(text)


def loose_numbers(source: str) -> Iterator[tuple[int, str]]:
    """Offset and text of every number that stands in the prose of ``source`` as digits or as a word above ten."""
    text = prose(source)
    found = [(match.start(), match.group()) for match in _WORD.finditer(text)]
    for match in _TOKEN.finditer(text):
        token = match.group().strip("_.-")
        if any(character.isnumeric() for character in token) and not _is_name(token):
            found.append((match.start(), token))
    yield from sorted(found)


def blank(text: str) -> str:
    """As many blanks as ``text`` has characters; line breaks stay."""
    return "".join("\n" if character == "\n" else BLANK for character in text)


def _blank_template(found: re.Match[str]) -> str:
    raw = found.group("raw")
    if raw is None:
        return blank(found.group())
    begin, end = found.start("raw") - found.start(), found.end("raw") - found.start()
    return blank(found.group()[:begin]) + raw + blank(found.group()[end:])


def _without_markers(text: str) -> str:
    """Blank the numbers of an ordered list's items: they are markup."""
    lines, item_may_begin = [], "\n" in text.strip()
    for line in text.split("\n"):
        marker = _MARKER.match(line) if item_may_begin else None
        lines.append(blank(marker.group()) + line[marker.end() :] if marker else line)
        item_may_begin = marker is not None or not line.strip(" \t>") or (item_may_begin and line[:1] in " \t")
    return "\n".join(lines)


def _is_name(token: str) -> bool:
    """Whether a token with digits is a name: a letter comes before them, in each of its parts or the part before."""
    if not token[0].isalpha():
        return False
    if _REGION.fullmatch(token):
        return True
    before = ""
    for part in re.split(r"[-.]", token):
        if part[:1].isnumeric() and not (before.isupper() or any(character.isnumeric() for character in before)):
            return False
        before = part
    return True
