"""Stores what it is told in a thread, and answers when the thread is done."""

import threading
import time

print("module code runs")
loaded_at = time.time()
stored = []


def store(order):
    """Stands for a write to somewhere slow."""
    time.sleep(0.1)
    stored.append(order)


def lambda_handler(event, context):
    writing = threading.Thread(target=store, args=(event["order"],))
    writing.start()
    # Here is time for other work. What is not waited for would stand still after the answer.
    writing.join()
    return {"stored": stored, "environment_age_ms": round((time.time() - loaded_at) * 1000)}
