"""A handler whose child process holds memory."""

CODE = '''
import subprocess
import sys

TOOL = "import sys; picture = b'x' * (int(sys.argv[1]) * 1024 * 1024)"


def lambda_handler(event, context):
    return subprocess.run([sys.executable, "-I", "-S", "-c", TOOL, str(event["megabytes"])]).returncode
'''


def observe(stage, memory_size, tool_mb):
    """Two invocations in one environment; the tool holds ``tool_mb`` MB in each."""
    function = stage.function(CODE, memory_size=memory_size, timeout=30)
    for _ in range(2):
        invocation = function.invoke({"megabytes": tool_mb})
    used = invocation.report.max_memory_used_mb
    return {"returned": invocation.payload, "used_mb": used, "within": used <= memory_size}
