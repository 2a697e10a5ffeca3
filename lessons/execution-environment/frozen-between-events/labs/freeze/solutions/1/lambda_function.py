"""Accepts orders, and tells which are stored.

The thread stays, and the handler waits for it at its end. Between start and end is time for other work.
"""

import threading

import ledger


def lambda_handler(event, context):
    if event.get("ask") == "stored":
        return {"stored": ledger.stored()}
    writing = threading.Thread(target=ledger.write, args=(event["order"],))
    writing.start()
    writing.join()
    return {"accepted": event["order"]}
