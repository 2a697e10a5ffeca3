"""What was made from files, kept as JSON for as long as the files' stamps (size and time of change) stay the same.

Losing it costs time and nothing else: a folder that cannot be written or read is no error here.
"""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import Any

from tutor import __version__

FORM = f"{__version__}/1"
"""Changes with the form of what is kept, so that another version's file is made anew."""

Stamps = list[list[Any]]


def stamps(files: Iterable[Path]) -> Stamps:
    """Path, size and time of change of each file; a file that is not there has none, which is a stamp as well."""
    return [[str(file), *_size_and_time(file)] for file in files]


def _size_and_time(file: Path) -> Sequence[int]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns


def read_stamped(kept: Path) -> Any:
    """What is kept in the file ``kept``, or None when it is not there, damaged, or older than its files."""
    try:
        document = json.loads(kept.read_bytes())
        fresh = document["form"] == FORM and document["stamps"] == stamps(Path(row[0]) for row in document["stamps"])
        return document["content"] if fresh else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write_stamped(kept: Path, made_from: Stamps, content: Any) -> None:
    """Keep ``content`` (a JSON value) in ``kept``, in one step; silently not where the folder cannot be written.

    ``made_from`` are the stamps from before the files were read, so that a change meanwhile is not missed.
    """
    document = {"form": FORM, "stamps": made_from, "content": content}
    aside = kept.with_name(f"{kept.name}.{os.getpid()}.{get_ident()}")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(document), encoding="utf-8")
        aside.replace(kept)
    except OSError:
        with suppress(OSError):
            aside.unlink()
