"""A log record at INFO, and four ways to change the code.

``variant`` in ``change`` is this file's own: which way.
"""

CODE = '''
import logging
import os

VARIANT = os.environ["VARIANT"]
if VARIANT == "basic":
    logging.basicConfig(level=logging.INFO)
if VARIANT == "level":
    logging.getLogger().setLevel(logging.INFO)


def lambda_handler(event, context):
    if VARIANT == "print":
        print("order", event["order"])
    else:
        logging.info("order %d", event["order"])
    if VARIANT == "flush":
        logging.shutdown()
    return context.aws_request_id
'''


def observe(stage, order, change):
    """One invocation; what it printed that names the order."""
    invocation = stage.function(CODE, environment={"VARIANT": change["variant"]}).invoke({"order": order})
    lines = [line for line in invocation.printed if f"order {order}" in line]
    return {
        "lines": len(lines),
        "found": bool(lines),
        "has_level": any("[INFO]" in line for line in lines),
        "has_request_id": any(str(invocation.payload) in line for line in lines),
    }
