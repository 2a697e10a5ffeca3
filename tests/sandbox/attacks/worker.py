"""A tutor of its own for the attacks: it reads one job per line and prints what came of it, until its input ends.

A job is ``{"functions": [{"files", "settings"}], "steps": [[function, event], ...], "at_once"}``; the answer is a list
with one result per step, in the order of the steps, or of the functions where they are invoked at once. Started by ``tier.py`` as root or as an ordinary user.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

sys.path.insert(0, sys.argv[1])

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.invocation import Invocation
from tutor.awslambda.quotas import Quotas
from tutor.errors import TutorError
from tutor.sandbox.functions import SandboxedFunctions

DEFAULTS = {
    "handler": "app.handler", "memory_size": 1769, "timeout": 30, "ephemeral_storage": 512,
    "runtime": f"python{sys.version_info[0]}.{sys.version_info[1]}",
}  # fmt: skip


def result(invocation: Invocation) -> dict[str, Any]:
    """What a test looks at."""
    report = invocation.report
    return {
        "payload": invocation.payload,
        "error": invocation.error_type or invocation.function_error,
        "status": report.status,
        "duration_ms": report.duration_ms,
        "max_memory_mb": report.max_memory_used_mb,
        "log": [[event.source, event.text] for event in invocation.log][-50:],
        "enforcement": dict(invocation.enforcement),
    }


def work(functions: SandboxedFunctions, job: dict[str, Any]) -> list[dict[str, Any]]:
    """Make the functions, go through the steps, close them."""
    made = [
        functions.create(one["files"], FunctionConfiguration(**{**DEFAULTS, **one["settings"]}))
        for one in job["functions"]
    ]
    try:
        if not job["at_once"]:
            return [result(made[number].invoke(event)) for number, event in job["steps"]]
        with ThreadPoolExecutor(len(made)) as threads:
            return [one for served in threads.map(partial(_serve, job), range(len(made)), made) for one in served]
    finally:
        for function in made:
            function.close()


def _serve(job: dict[str, Any], number: int, function: Any) -> list[dict[str, Any]]:
    return [result(function.invoke(event)) for wanted, event in job["steps"] if wanted == number]


def main() -> None:
    """Serve jobs in the tier that ``TUTOR_SANDBOX`` names: what the portable one does not stop would reach the host."""
    functions = SandboxedFunctions(Quotas(**json.loads(sys.argv[2])))
    print(
        json.dumps({"pid": os.getpid(), "uid": os.getuid(), "enforcement": dict(functions.enforcement())}), flush=True
    )
    for line in sys.stdin:
        answer: dict[str, Any]
        try:
            answer = {"results": work(functions, json.loads(line))}
        except TutorError as error:
            answer = {"host_error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
