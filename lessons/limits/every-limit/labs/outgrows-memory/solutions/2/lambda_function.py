"""How many pages of a month have more errors than the average page?

The archive is read twice and nothing is kept but a sum and a count. This takes about twice the time, and its memory
does not grow with the number of pages at all.
"""

import archive


def errors_on(page):
    """The number of errors that a page's first line names."""
    first_line, _, _ = page.partition(b"\n")
    return int(first_line.removeprefix(b"errors="))


def lambda_handler(event, context):
    total = seen = 0
    for page in archive.pages(event["month"], event["pages"]):
        total += errors_on(page)
        seen += 1

    above = 0
    for page in archive.pages(event["month"], event["pages"]):
        if errors_on(page) * seen > total:
            above += 1

    return {"month": event["month"], "pages": seen, "above_average": above}
