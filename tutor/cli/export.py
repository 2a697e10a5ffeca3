"""``tutor export``: the questions in the formats of others, or the learner's whole progress."""

import argparse
import sys
from pathlib import Path

FORMATS = ("json", "csv", "gift", "anki", "qti")

_EPILOG = """\
FILE is written under exactly this name, whole or not at all. Each question has the same id in every format and every
time, so that importing again updates it: limits/x, and limits/x@2 … for the further sets of numbers of a family. A
question whose key is not proven is left out and named. What was imported is written where --topic imported is given.
--progress writes everything that was done instead, for tutor import elsewhere.

  gift  Moodle: a question's name is its id      anki  an Anki package (.apkg), GUIDs from ids
  qti   QTI 2.1 content package (a zip)          csv   one question in a row
  json  everything

exit codes: 0 written · 1 written, but for questions that are broken · 2 nothing to write, or not there
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor export`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--format", choices=FORMATS, help="the questions, in this format")
    what.add_argument("--progress", action="store_true", help="what was done, for tutor import")
    parser.add_argument("--topic", action="append", default=[], metavar="T", help="this topic only; may be repeated")
    parser.add_argument("file", metavar="FILE", help="where to write")


def run(arguments: argparse.Namespace) -> int:
    """Write the file; narration goes to stderr."""
    from tutor.cli.file_text import write_bytes
    from tutor.errors import UsageError
    from tutor.wiring import Tutor

    tutor = Tutor()
    if arguments.progress:
        if arguments.topic:
            raise UsageError("--topic chooses questions: progress is written whole.")
        write_bytes(Path(arguments.file), tutor.carry_progress.write().encode())
        print(f"tutor: your progress is in {arguments.file}", file=sys.stderr)
        return 0
    exported = tutor.export_questions.export(arguments.format, tuple(arguments.topic))
    write_bytes(Path(arguments.file), exported.content)
    for sentence in exported.refused:
        print(f"tutor: left out {sentence}", file=sys.stderr)
    questions = "1 question" if exported.questions == 1 else f"{exported.questions} questions"
    print(f"tutor: {questions} in {arguments.file}", file=sys.stderr)
    return 1 if exported.refused else 0
