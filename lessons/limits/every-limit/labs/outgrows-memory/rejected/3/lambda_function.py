"""Near-miss: it compares each page with the average so far, which is not the average of the month."""

import archive


def errors_on(page):
    """The number of errors that a page's first line names."""
    first_line, _, _ = page.partition(b"\n")
    return int(first_line.removeprefix(b"errors="))


def lambda_handler(event, context):
    total = seen = above = 0
    for page in archive.pages(event["month"], event["pages"]):
        errors = errors_on(page)
        total += errors
        seen += 1
        if errors * seen > total:
            above += 1
    return {"month": event["month"], "pages": seen, "above_average": above}
