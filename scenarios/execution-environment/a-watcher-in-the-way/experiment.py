"""An extension that is busy for too long, and one that leaves."""

BUSY = '''#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
events='{"events": ["INVOKE"]}'
id=$(curl -sS -D - -o /dev/null -H "Lambda-Extension-Name: $(basename "$0")" -d "$events" "$api/register" |
  grep -i '^lambda-extension-identifier:' | tr -d '[:space:]' | cut -d: -f2)
while curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $id" "$api/event/next"; do
  sleep 60
done
'''

CODE = '''
def lambda_handler(event, context):
    print("handler runs")
    return "answered"
'''


def observe(stage, timeout, status):
    """One invocation of each function."""
    settings = {"memory_size": 512, "timeout": timeout}
    busy = stage.function(CODE, layers=[{"extensions/watcher": BUSY}], **settings).invoke({})
    leaves = {"extensions/watcher": f"#!/bin/bash\nexit {status}\n"}
    left = stage.function(CODE, layers=[leaves], **settings).invoke({})
    return {
        "busy_status": busy.report.status,
        "busy_handler_ran": "handler runs" in busy.printed,
        "left_error": left.error_type,
        "left_handler_ran": "handler runs" in left.printed,
    }
