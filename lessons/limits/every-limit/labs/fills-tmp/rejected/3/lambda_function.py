"""Near-miss: it catches the error and answers with what it has. The total is wrong, and nobody is told."""

import shutil

import export

MEGABYTE = 1024 * 1024


def last_line(path):
    """The number on the last line of a part."""
    with open(path, "rb") as part:
        part.seek(-32, 2)
        return int(part.read().rsplit(b"=", 1)[1])


def lambda_handler(event, context):
    found_free_mb = shutil.disk_usage("/tmp").free // MEGABYTE

    total = 0
    for number in range(export.PARTS):
        path = f"/tmp/{event['night']}-{number}.part"
        try:
            export.copy(event["night"], number, path)
        except OSError as error:
            print(f"leaving part {number} out: {error}")
            continue
        total += last_line(path)

    return {"night": event["night"], "total": total, "found_free_mb": found_free_mb}
