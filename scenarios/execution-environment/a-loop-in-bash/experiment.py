"""A bootstrap in bash that counts its events."""

BOOTSTRAP = '''#!/bin/bash
echo starting
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
n=0
while true; do
  curl -sS -o /dev/null -D /tmp/headers "$api/next"
  id=$(grep -i '^lambda-runtime-aws-request-id:' /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
  n=$((n + 1))
  curl -sS -o /dev/null "$api/$id/response" -d "$n"
done
'''


def observe(stage, events):
    """So many events in one environment."""
    function = stage.function({"bootstrap": BOOTSTRAP}, runtime="provided.al2023", memory_size=512, timeout=5)
    invocations = [function.invoke({}) for _ in range(events)]
    first, last = invocations[0], invocations[-1]
    return {
        "first_error_type": first.error_type,
        "last": last.payload,
        "starts": sum(one.printed.count("starting") for one in invocations),
        "init_in_report": first.report.init_duration_ms is not None,
        "init_ms": first.report.init_duration_ms,
    }
