"""An extension in bash that works for a while on each event."""

EXTENSION = '''#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
events='{{"events": ["INVOKE"]}}'
id=$(curl -sS -D - -o /dev/null -H "Lambda-Extension-Name: $(basename "$0")" -d "$events" "$api/register" |
  grep -i '^lambda-extension-identifier:' | tr -d '[:space:]' | cut -d: -f2)
while curl -sS -o /dev/null -H "Lambda-Extension-Identifier: $id" "$api/event/next"; do
  echo "seen by the extension"
  sleep {seconds}
done
'''

CODE = '''
def lambda_handler(event, context):
    return "answered"
'''


def observe(stage, works_ms):
    """A cold invocation and a warm one; the latter is described."""
    layer = {"extensions/watcher": EXTENSION.format(seconds=works_ms / 1000)}
    function = stage.function(CODE, layers=[layer], memory_size=512, timeout=10)
    cold, warm = function.invoke({}), function.invoke({})
    return {
        "answered": warm.payload == "answered",
        "billed_ms": warm.report.billed_duration_ms,
        "seen": sum(one.log_lines.count("seen by the extension") for one in (cold, warm)),
    }
