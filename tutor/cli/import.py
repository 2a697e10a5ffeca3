# ruff: noqa: N999 # the command is called import, and its module as the command
"""``tutor import``: questions of another's, or the progress of another machine."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.usecases.import_questions import Imported

_EPILOG = """\
What FILE is, is seen from what is in it: a progress file of tutor export --progress, or questions as GIFT, a QTI 2.1
package or item, an Anki package (.apkg), CSV, or JSON.

Questions are kept in your own folder, beside the course's: the exam room asks them where the topic "imported" is
chosen (tutor quiz --topic imported), and they count for no claim and no exam, for no run has decided their keys. Each
has the id imported/BANK/ID: importing the same bank again updates its questions and keeps what you answered. BANK is
FILE's name without its ending, or --as; ID is the file's own (GIFT's name, QTI's identifier, Anki's GUID, the column or
key id), and else made from the question's text. A question that cannot be asked is named with its place, and the others
come in. What the course has itself, exported before, stays as it is here. Nothing in FILE is run: of its HTML,
paragraphs, lists and code are taken, and every other tag is shown as text.

docs/questions-of-others.md says which columns, fields and kinds of questions are understood.

Progress: what is here stays; what is there and not here is added; importing the same file again adds nothing. An event
that cannot be read is refused with its place, and the rest is kept.

exit codes: 0 all of it came in · 1 it came in, but for what was refused by name · 2 no such file, and nothing came in
"""
_SHOWN = 10
_PROGRESS = b'"tutor progress"'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor import`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--as", dest="bank", metavar="BANK", help="what the questions' ids begin with")
    parser.add_argument("file", metavar="FILE", help="a file of questions, or of progress")


def run(arguments: argparse.Namespace) -> int:
    """Merge, and say what was added."""
    from tutor.cli.file_text import read_bytes, read_text
    from tutor.wiring import Tutor

    path = Path(arguments.file)
    content = read_bytes(path)
    if _PROGRESS in content[:400]:
        return _progress(read_text(path), arguments.file)
    bank = arguments.bank or path.name.partition(".")[0] or path.name
    imported = Tutor().import_questions.merge(content, path.name, bank)
    _tell(imported)
    _refuse(imported.refused)
    return 1 if imported.refused else 0


def _tell(imported: "Imported") -> None:
    print(f"Bank {imported.bank}: added {imported.added}, updated {imported.updated}, unchanged {imported.unchanged}.")
    if imported.own:
        print(f"The course has {_questions(imported.own)} of the file itself: they stay as they are here.")
    if imported.left:
        print(f"Kept from before, though not in the file: {_questions(imported.left)} of this bank.")
    if imported.added or imported.updated:
        print('tutor: ask them with tutor quiz --topic imported, or "Free choice" in the exam room', file=sys.stderr)


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count} questions"


def _progress(text: str, name: str) -> int:
    from tutor.wiring import Tutor

    merged = Tutor().carry_progress.merge(text, name)
    print(
        f"Added: answers {merged.answers}, lab attempts {merged.lab_attempts}, other acts {merged.acts}, "
        f"sittings {merged.sittings}."
    )
    _refuse(merged.refused)
    return 1 if merged.refused else 0


def _refuse(refused: Sequence[str]) -> None:
    for sentence in refused[:_SHOWN]:
        print(f"tutor: refused {sentence}", file=sys.stderr)
    if len(refused) > _SHOWN:
        print(f"tutor: and {len(refused) - _SHOWN} more", file=sys.stderr)
