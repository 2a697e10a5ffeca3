"""A payslip in /tmp, a tool that fails, and a look at /tmp by the next event."""

CODE = '''
import os
import tempfile


def tool(path):
    raise RuntimeError("no such form")


def written(event):
    text = b"x" * event["size_kb"] * 1024
    variant = event["variant"]
    if variant == "context":
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "payslip")
            open(path, "wb").write(text)
            tool(path)
        return
    if variant == "name":
        handle, path = tempfile.mkstemp(suffix="payslip")
    else:
        path = "/tmp/payslip"
        handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600 if variant == "mode" else 0o644)
    os.write(handle, text)
    os.close(handle)
    tool(path)
    if variant != "none":
        os.remove(path)


def lambda_handler(event, context):
    if "variant" in event:
        return written(event)
    found = [os.path.join(folder, name) for folder, _, names in os.walk("/tmp") for name in names]
    return len([path for path in found if open(path, "rb").read(1) == b"x"])
'''


def observe(stage, size_kb, change):
    """``change`` holds ``variant``: how the file is made and cleared away."""
    function = stage.function(CODE, timeout=10)
    failed = function.invoke({"size_kb": size_kb, **change})
    return {"failed": failed.function_error is not None, "found": function.invoke({}).payload > 0}
