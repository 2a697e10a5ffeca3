"""A handler that starts a thread for every record."""

CODE = '''
import threading


def lambda_handler(event, context):
    threading.stack_size(64 * 1024)
    answer = threading.Event()
    threads = []
    try:
        for _ in range(event["records"]):
            thread = threading.Thread(target=answer.wait)
            thread.start()
            threads.append(thread)
    finally:
        print("started", len(threads))
        answer.set()
    for thread in threads:
        thread.join()
    return len(threads)
'''


def observe(stage, records):
    """One invocation with so many records, at 1,769 MB."""
    invocation = stage.function(CODE, memory_size=1769, timeout=60).invoke({"records": records})
    started = [int(line.split()[1]) for line in invocation.printed if line.startswith("started")]
    return {
        "answered": invocation.function_error is None,
        "started": started[0] if started else None,
        "error_type": invocation.error_type,
        "duration_ms": invocation.report.duration_ms,
    }
