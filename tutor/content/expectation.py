"""Checks the little language of ``predicts:``, ``goal:`` and ``holds:`` (see ``tutor.study.comparison``)."""

import re

from tutor.content.node import Node
from tutor.content.reading import Reading

_NUMBER = re.compile(r"(?:<=|>=|<|>) -?[0-9][0-9,_]*(?:\.[0-9]+)?")
_SLIP = re.compile(r"(?:[<>=≤≥]|!=|not\b|contains$)")
_WORDED = re.compile(r"(?:==|!=|contains) .+", re.DOTALL)


def check_expectation(node: Node | None, reading: Reading) -> None:
    """Note every value of the mapping that looks like a comparison and is none."""
    if node is None:
        return
    if not node.value:
        reading.at(node, "this must name at least one thing that is observed")
    for child in node.value.values():
        text = child.value
        if not isinstance(text, str) or "{{" in text or not _SLIP.match(text):
            continue
        if text != "not null" and not _NUMBER.fullmatch(text) and not _WORDED.fullmatch(text):
            message = (
                f"{text!r} is no comparison: write '<= 3', '> 0', '!= 200', 'not null', 'contains boom' or a value"
            )
            reading.at(child, message)
