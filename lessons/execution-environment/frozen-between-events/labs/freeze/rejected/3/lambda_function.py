"""Near-miss: a child process of its own session writes the order. It is frozen together with everything else."""

import os

import ledger


def lambda_handler(event, context):
    if event.get("ask") == "stored":
        return {"stored": ledger.stored()}
    if os.fork() == 0:
        os.setsid()
        ledger.write(event["order"])
        os._exit(0)
    return {"accepted": event["order"]}
