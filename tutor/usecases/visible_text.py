"""Text of a handler's as it may be shown: nothing in it can move the cursor, change colours or turn the line around.

Stored is what the handler gave; only what is printed or painted goes through here. Each letter stays one letter, so
that styles laid over the text still fit.
"""

import re

_PICTURES = {number: 0x2400 + number for number in range(0x20) if chr(number) not in "\n\t"} | {0x7F: 0x2421}
_HIDDEN = "\x80-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
_DANGEROUS = re.compile(f"[\x00-\x08\x0b-\x1f\x7f{_HIDDEN}]")


def visible(text: str) -> str:
    """The text with control characters as their pictures (␛) and what would be invisible, or no letter, as �."""
    return _DANGEROUS.sub(lambda found: chr(_PICTURES.get(ord(found[0]), 0xFFFD)), text)
