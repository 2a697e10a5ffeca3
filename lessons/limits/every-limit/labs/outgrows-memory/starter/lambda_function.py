"""How many pages of a month have more errors than the average page?"""

import archive


def errors_on(page):
    """The number of errors that a page's first line names."""
    first_line, _, _ = page.partition(b"\n")
    return int(first_line.removeprefix(b"errors="))


def lambda_handler(event, context):
    pages = list(archive.pages(event["month"], event["pages"]))

    average = sum(errors_on(page) for page in pages) / len(pages)
    above = sum(1 for page in pages if errors_on(page) > average)

    return {"month": event["month"], "pages": len(pages), "above_average": above}
