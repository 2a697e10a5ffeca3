# ruff: noqa: N999 # the command is called import, and its module as the command
"""``tutor import``: merge the progress of another machine into this one's."""

import argparse
import sys
from pathlib import Path

_EPILOG = """\
FILE was written by tutor export --progress. What is here stays; what is there and not here is added; importing the same
file again adds nothing. An event that cannot be read is refused with its place, and the rest is kept.

Questions are not imported: they come from scenarios/, where each is proven. (What tutor export wrote of them has stable
ids, so that Anki or Moodle, which read it again, update their questions and keep their history.)

exit codes: 0 merged · 1 merged, and something was refused · 2 no progress file, or a database that cannot be used
"""
_SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor import`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", metavar="FILE", help="a progress file")


def run(arguments: argparse.Namespace) -> int:
    """Merge, and say what was added."""
    from tutor.cli.file_text import read_text
    from tutor.wiring import Tutor

    merged = Tutor().carry_progress.merge(read_text(Path(arguments.file)), arguments.file)
    print(
        f"Added: answers {merged.answers}, lab attempts {merged.lab_attempts}, other acts {merged.acts}, "
        f"sittings {merged.sittings}."
    )
    for sentence in merged.refused[:_SHOWN]:
        print(f"tutor: refused {sentence}", file=sys.stderr)
    if len(merged.refused) > _SHOWN:
        print(f"tutor: and {len(merged.refused) - _SHOWN} more", file=sys.stderr)
    return 1 if merged.refused else 0
