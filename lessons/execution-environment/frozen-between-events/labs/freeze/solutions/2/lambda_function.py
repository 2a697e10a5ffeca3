"""Accepts orders, and tells which are stored.

There is nothing else to do meanwhile, so that no thread is needed: the order is written, then it is accepted. If
customers must not wait, the writing belongs into an invocation of its own, such as one that a queue makes.
"""

import ledger


def lambda_handler(event, context):
    if event.get("ask") == "stored":
        return {"stored": ledger.stored()}
    ledger.write(event["order"])
    return {"accepted": event["order"]}
