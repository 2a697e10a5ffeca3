"""Adds up the totals of a night's export.

`/tmp` is large enough for a whole night (see template.yaml), and the night has a directory of its own that is deleted
when its block ends, with or without an exception. Use this where all parts are needed side by side.
"""

import os
import shutil
import tempfile

import export

MEGABYTE = 1024 * 1024


def last_line(path):
    """The number on the last line of a part."""
    with open(path, "rb") as part:
        part.seek(-32, 2)
        return int(part.read().rsplit(b"=", 1)[1])


def lambda_handler(event, context):
    found_free_mb = shutil.disk_usage("/tmp").free // MEGABYTE

    with tempfile.TemporaryDirectory(prefix=f"{event['night']}-") as folder:
        paths = [os.path.join(folder, f"{number}.part") for number in range(export.PARTS)]
        for number, path in enumerate(paths):
            export.copy(event["night"], number, path)
        total = sum(last_line(path) for path in paths)

    return {"night": event["night"], "total": total, "found_free_mb": found_free_mb}
