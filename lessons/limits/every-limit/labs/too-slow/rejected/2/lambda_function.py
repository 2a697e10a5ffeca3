"""Near-miss: it gives up in time and answers with what it has. It answers, but the number is wrong."""

import warehouses


def lambda_handler(event, context):
    pieces = 0
    for warehouse in warehouses.NAMES:
        if context.get_remaining_time_in_millis() < 800:
            break
        pieces += warehouses.ask(warehouse, event["article"])
    return {"article": event["article"], "pieces": pieces}
