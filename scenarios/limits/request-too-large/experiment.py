"""Send a large event to a function that counts what it gets, in four ways.

``change`` is this file's own: ``parts`` says in how many events the text is sent, ``encoded`` whether as Base64;
anything else goes into the configuration.
"""

import base64

CODE = '''
import base64


def lambda_handler(event, context):
    rows = event["rows"]
    return len(base64.b64decode(rows) if event["encoded"] else rows)
'''


def observe(stage, event_mb, change):
    """Send ``event_mb`` MB of rows with the change, and add up what arrived, in MB."""
    settings = {"memory_size": 512, "timeout": 10, **change}
    parts, encoded = settings.pop("parts", 1), settings.pop("encoded", False)
    rows = "r" * (event_mb * 1024 * 1024 // parts)
    sent = base64.b64encode(rows.encode()).decode() if encoded else rows
    function = stage.function(CODE, **settings)
    try:
        arrived = sum(function.invoke({"rows": sent, "encoded": encoded}).payload for _ in range(parts))
    except ValueError as refusal:
        return {"refused": getattr(refusal, "code", None), "arrived_mb": 0, "sent_bytes": len(sent)}
    return {"refused": None, "arrived_mb": arrived // (1024 * 1024), "sent_bytes": len(sent)}
