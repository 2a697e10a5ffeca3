"""Adds up the totals of a night's export."""

import shutil

import export

MEGABYTE = 1024 * 1024


def last_line(path):
    """The number on the last line of a part."""
    with open(path, "rb") as part:
        part.seek(-32, 2)
        return int(part.read().rsplit(b"=", 1)[1])


def lambda_handler(event, context):
    found_free_mb = shutil.disk_usage("/tmp").free // MEGABYTE  # keep this line: the checks read it

    paths = []
    for number in range(export.PARTS):
        path = f"/tmp/{event['night']}-{number}.part"
        export.copy(event["night"], number, path)
        print(f"copied {path}")
        paths.append(path)

    total = sum(last_line(path) for path in paths)
    return {"night": event["night"], "total": total, "found_free_mb": found_free_mb}
