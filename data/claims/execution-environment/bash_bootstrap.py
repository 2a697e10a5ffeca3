"""Serves events with a bootstrap in bash: it asks for each, counts, and answers or reports an error."""

BOOTSTRAP = """#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
echo "bootstrap runs"
count=0
while true; do
  event=$(curl -sS -D /tmp/headers "$api/next")
  id=$(grep -i '^lambda-runtime-aws-request-id:' /tmp/headers | tr -d '[:space:]' | cut -d: -f2)
  count=$((count + 1))
  if [ "$event" = '"fail"' ]; then
    curl -sS -o /dev/null "$api/$id/error" -d '{"errorType": "Shell.Failed", "errorMessage": "as asked"}'
  else
    curl -sS -o /dev/null "$api/$id/response" -d "{\\"event\\": $event, \\"count\\": $count}"
  fi
done
"""


def observe(stage):
    settings = {"runtime": "provided.al2023", "memory_size": 512, "timeout": 10}
    function = stage.function({"bootstrap": BOOTSTRAP}, **settings)
    first, failed, last = (function.invoke(event) for event in ("first", "fail", "last"))
    missing = stage.function({"bootstraps": BOOTSTRAP}, **settings).invoke()
    not_executable = stage.function({"bootstrap": "echo hello\n"}, **settings).invoke()
    return {
        "first_event": first.payload["event"],
        "first_count": first.payload["count"],
        "last_count": last.payload["count"],
        "bootstrap_runs": sum(one.printed.count("bootstrap runs") for one in (first, failed, last)),
        "init_in_first_report": first.report.init_duration_ms is not None,
        "failed_function_error": failed.function_error,
        "failed_error_type": failed.error_type,
        "missing_error_type": missing.error_type,
        "not_executable_error_type": not_executable.error_type,
    }
