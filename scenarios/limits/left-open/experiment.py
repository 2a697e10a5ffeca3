"""A handler that opens files and never closes them."""

CODE = '''
opened = []


def lambda_handler(event, context):
    try:
        for _ in range(event["files"]):
            file = open("names.txt")
            opened.append(file)
            file.readline()
    except OSError as error:
        print("errno", error.errno)
        raise
    return len(opened)
'''


def observe(stage, files, fails_at):
    """Invoke it until it fails, or two times more often than it should; ``files`` are opened each time."""
    function = stage.function({"lambda_function.py": CODE, "names.txt": "Ada\n"}, memory_size=512, timeout=20)
    for number in range(1, fails_at + 3):
        invocation = function.invoke({"files": files})
        if invocation.function_error:
            errnos = [int(line.split()[1]) for line in invocation.printed if line.startswith("errno")]
            return {"failed_at": number, "error_type": invocation.error_type, "errno": next(iter(errnos), None)}
    return {"failed_at": None, "error_type": None, "errno": None}
