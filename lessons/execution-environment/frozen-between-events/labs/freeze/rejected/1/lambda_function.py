"""Near-miss: it gives the thread a moment. The moment is too short today, and some day any moment will be."""

import threading
import time

import ledger


def lambda_handler(event, context):
    if event.get("ask") == "stored":
        return {"stored": ledger.stored()}
    threading.Thread(target=ledger.write, args=(event["order"],)).start()
    time.sleep(0.05)
    return {"accepted": event["order"]}
