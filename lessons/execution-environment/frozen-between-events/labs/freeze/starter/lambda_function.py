"""Accepts orders, and tells which are stored."""

import threading

import ledger


def lambda_handler(event, context):
    if event.get("ask") == "stored":
        return {"stored": ledger.stored()}
    threading.Thread(target=ledger.write, args=(event["order"],)).start()
    return {"accepted": event["order"]}
