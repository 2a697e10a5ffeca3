"""Near-miss: it waits for the thread, but at the beginning of the next event. If none comes, the order is lost."""

import threading

import ledger

writing = None


def lambda_handler(event, context):
    global writing
    if writing is not None:
        writing.join()
    if event.get("ask") == "stored":
        return {"stored": ledger.stored()}
    writing = threading.Thread(target=ledger.write, args=(event["order"],))
    writing.start()
    return {"accepted": event["order"]}
