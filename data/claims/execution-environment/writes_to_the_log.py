"""Writes to the log by print, to the error stream, and through logging at two levels."""

CODE = """
import logging
import sys

logger = logging.getLogger()


def lambda_handler(event, context):
    if event.get("level"):
        logger.setLevel(event["level"])
    print("one")
    logger.info("two")
    print("three", file=sys.stderr)
    logger.warning("four")
    print("five")
    return context.aws_request_id
"""


def words(invocation):
    return " ".join(line.split()[-1] for line in invocation.printed)


def observe(stage):
    function = stage.function(CODE)
    unset, informed = function.invoke(), function.invoke({"level": "INFO"})
    warning = next(line for line in unset.printed if line.endswith("four"))
    return {
        "written": words(unset),
        "written_at_info": words(informed),
        "record_has_level": warning.startswith("[WARNING]"),
        "record_has_request_id": unset.payload in warning,
        "print_has_request_id": unset.payload in unset.printed[0],
    }
