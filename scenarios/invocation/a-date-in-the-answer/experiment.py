"""A handler whose answer holds a date, and four ways to change it.

``change`` is this file's own: ``answer`` is the expression that the handler returns; anything else goes into the
configuration.
"""

CODE = '''
import datetime
import json


class DateEncoder(json.JSONEncoder):
    def default(self, value):
        return value.isoformat()


def lambda_handler(event, context):
    due = datetime.date(event["year"], 3, 1)
    return {answer}
'''


def observe(stage, year, change):
    """Invoke it once with the change; ``year`` is that of the date."""
    settings = dict(change)
    invocation = stage.function(CODE.format(answer=settings.pop("answer", "due")), **settings).invoke({"year": year})
    answered = invocation.function_error is None
    return {
        "got_date": answered and f"{year}-03-01" in str(invocation.payload),
        "error_type": invocation.error_type,
        "error_message": invocation.error_message,
    }
