"""What makes one question look like an exam's: the length of its stem and options, and no option about the others."""

import re

from tutor.content.reading import Reading
from tutor.content.scenario import ScenarioFile
from tutor.study.scenario import Scenario

STEM_WORDS = range(25, 91)
"""Words of a stem. Our own figures: AWS publishes none."""
OPTION_WORDS = 30
"""Words of an option, at most."""
ABOUT_OTHERS = re.compile(r"\b(all|none|both|neither) of the (above|others?|options|following)\b", re.IGNORECASE)


BLANK = re.compile(r"(^|[\s/:-])…$")
"""What ``tutor new question`` leaves to be written."""


def check_style(file: ScenarioFile, scenario: Scenario, reading: Reading) -> None:
    """Note what is still to be written, and where the question, filled in as ``scenario``, is too short, too long or
    has an "all of the above"."""
    for text in file.node.texts():
        if BLANK.search(text.value.strip()):
            reading.at(text, "this is still to be written: … stands here")
    words = len(scenario.stem.split())
    if file.stem is not None and words and words not in STEM_WORDS:
        first, last = STEM_WORDS[0], STEM_WORDS[-1]
        reading.at(file.stem, f"the stem has {words} words; a question needs from {first} to {last}")
    for written, option in zip(file.options, scenario.options, strict=True):
        if written.text is None:
            continue
        words = len(option.text.split())
        if words > OPTION_WORDS:
            reading.at(written.text, f"the option has {words} words; at most {OPTION_WORDS} are read in an exam")
        if ABOUT_OTHERS.search(option.text):
            reading.at(written.text, "an option must stand by itself: options are shuffled, so none is above another")
