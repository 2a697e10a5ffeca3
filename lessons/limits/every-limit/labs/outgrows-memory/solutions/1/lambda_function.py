"""How many pages of a month have more errors than the average page?

One page is held at a time. What stays of it is one small number: a list of numbers instead of a list of pages.
"""

import archive


def errors_on(page):
    """The number of errors that a page's first line names."""
    first_line, _, _ = page.partition(b"\n")
    return int(first_line.removeprefix(b"errors="))


def lambda_handler(event, context):
    errors = [errors_on(page) for page in archive.pages(event["month"], event["pages"])]

    average = sum(errors) / len(errors)
    above = sum(1 for count in errors if count > average)

    return {"month": event["month"], "pages": len(errors), "above_average": above}
