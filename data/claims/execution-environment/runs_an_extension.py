"""Puts an extension in bash beside a Python handler: one that only looks, one that works on, one that leaves."""

LOOKS = """#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
events='{"events": ["INVOKE", "SHUTDOWN"]}'
name="Lambda-Extension-Name: $(basename "$0")"
echo "extension runs"
id=$(curl -sS -D - -o /dev/null -H "$name" -d "$events" "$api/register" |
  grep -i '^lambda-extension-identifier:' | tr -d '[:space:]' | cut -d: -f2)
while true; do
  event=$(curl -sS -H "Lambda-Extension-Identifier: $id" "$api/event/next")
  case "$event" in
    *SHUTDOWN*) exit 0 ;;
    *INVOKE*) echo "extension saw an event" ;;
  esac
  %s
done
"""

CODE = """
print("module runs")


def lambda_handler(event, context):
    print("handler runs")
    return "answered"
"""


def function(stage, extension, timeout):
    layer = {"extensions/watcher": extension}
    return stage.function(CODE, layers=[layer], memory_size=512, timeout=timeout)


def observe(stage, works, timeout):
    looking = function(stage, LOOKS % ":", 10)
    first, second = looking.invoke(), looking.invoke()
    busy = function(stage, LOOKS % f"sleep {works}", 10)
    busy.invoke()
    worked = busy.invoke()
    too_busy = function(stage, LOOKS % "sleep 30", timeout).invoke()
    leaving = function(stage, "#!/bin/bash\nexit 3\n", 10).invoke()
    lines = list(first.log_lines)
    return {
        "answer": first.payload,
        "runs_before_module": lines.index("extension runs") < lines.index("module runs"),
        "events_seen": sum(one.log_lines.count("extension saw an event") for one in (first, second)),
        "starts": sum(one.log_lines.count("extension runs") for one in (first, second)),
        "worked_answer": worked.payload,
        "worked_billed_ms": worked.report.billed_duration_ms,
        "worked_is_billed": worked.report.billed_duration_ms >= works * 1000,
        "looked_billed_ms": second.report.billed_duration_ms,
        "too_busy_status": too_busy.report.status,
        "too_busy_handler_ran": "handler runs" in too_busy.printed,
        "left_function_error": leaving.function_error,
        "left_error_type": leaving.error_type,
        "left_handler_ran": "handler runs" in leaving.printed,
    }
