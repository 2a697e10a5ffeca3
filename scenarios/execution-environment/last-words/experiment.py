"""A handler that prints, reads, and runs out of memory."""

CODE = '''
def lambda_handler(event, context):
    hoard = []
    try:
        number = 0
        while True:
            number += 1
            print("file", number)
            while number == event["last"] or len(hoard) < number:
                hoard.append(b"x" * (8 * 1024 * 1024))
    finally:
        print("done")
'''


def observe(stage, files):
    """One invocation that hoards without end at file number ``files``."""
    invocation = stage.function(CODE, timeout=20).invoke({"last": files})
    return {
        "lines": sum(line.startswith("file ") for line in invocation.printed),
        "done": "done" in invocation.printed,
        "trace": any("MemoryError" in line for line in invocation.printed),
        "error_type": invocation.error_type,
    }
