"""Opens one file after another until no more can be opened, closes them, and opens one again."""

CODE = """
def lambda_handler(event, context):
    files = []
    errno = None
    try:
        for _ in range(event["attempted"]):
            files.append(open("/dev/null"))
    except OSError as error:
        errno = error.errno
    most = max((file.fileno() for file in files), default=0) + 1
    for file in files:
        file.close()
    with open("/dev/null"):
        return {"errno": errno, "most": most}
"""


def observe(stage, attempted):
    function = stage.function(CODE, timeout=20)
    invocation = function.invoke({"attempted": attempted})
    return {**invocation.payload, "error_type": invocation.error_type}
