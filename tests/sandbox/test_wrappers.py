"""``AWS_LAMBDA_EXEC_WRAPPER`` in front of the Python runtime: then it is started as a program, and is the same runtime."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.sandbox.functions import SandboxedFunction

Wrap = Callable[..., SandboxedFunction]
WRAPPER = '#!/bin/sh\nexport FROM_WRAPPER=yes\necho "wraps $#: $*"\nexec "$@"\n'


@pytest.fixture
def wrapped(create: Create, tmp_path: Path) -> Wrap:
    """Makes functions whose runtime is started by a wrapper in their package."""

    def make(code: str, wrapper: str = WRAPPER, **settings: Any) -> SandboxedFunction:
        (tmp_path / "app.py").write_text(code)
        (tmp_path / "wrapper").write_text(wrapper)
        (tmp_path / "wrapper").chmod(0o755)
        variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper", **settings.pop("environment", {})}
        return create(tmp_path, environment=variables, **{"timeout": 10, "memory_size": 1769, **settings})

    return make


def test_the_wrapper_starts_the_runtime(wrapped: Wrap) -> None:
    """It gets interpreter and bootstrap as its arguments, and what it exports the handler sees; warm starts are warm."""
    code = (
        "import os, sys\ncalls = 0\n"
        "def handler(event, context):\n"
        "    global calls\n    calls += 1\n"
        "    print('handled', event)\n"
        "    return [os.environ['FROM_WRAPPER'], calls, os.getuid(), sys.argv]\n"
    )
    function = wrapped(code)
    first = function.invoke({"a": "ä"})
    assert first.payload == ["yes", 1, 993, ["/var/runtime/bootstrap.py"]]
    wraps = next(line for line in first.printed if line.startswith("wraps"))
    assert wraps.startswith("wraps 2: /var/lang/bin/python3")
    assert wraps.endswith(" /var/runtime/bootstrap.py")
    assert "handled {'a': 'ä'}" in first.printed
    second = function.invoke()
    assert second.payload[1] == 2
    assert not second.cold


def test_the_context_comes_through_it(wrapped: Wrap) -> None:
    """What the caller gives beside the event reaches a wrapped runtime as it reaches any other."""
    code = (
        "def handler(event, context):\n"
        "    identity = context.identity\n"
        "    return [context.aws_request_id, context.invoked_function_arn, context.client_context.custom,\n"
        "            identity.cognito_identity_id, identity.cognito_identity_pool_id, context.tenant_id,\n"
        "            0 < context.get_remaining_time_in_millis() <= 10000]\n"
    )
    request = InvocationRequest(
        request_id="an-id",
        invoked_arn="arn:aws:lambda:us-east-1:123456789012:function:function:live",
        client_context={"custom": {"a": 1}},
        cognito_identity={"cognitoIdentityId": "who", "cognitoIdentityPoolId": "pool"},
        tenant_id="blue",
    )
    expected = ["an-id", request.invoked_arn, {"a": 1}, "who", "pool", "blue", True]
    assert wrapped(code).invoke({}, request).payload == expected


def test_failures_are_the_runtimes_own(wrapped: Wrap) -> None:
    """A handler's exception, a failing import and an exit read as they do without a wrapper, stack trace included."""
    raised = wrapped("def handler(event, context):\n    raise ValueError('no')\n").invoke({})
    assert raised.payload["errorType"] == "ValueError"
    assert raised.payload["requestId"] == raised.report.request_id
    assert raised.payload["stackTrace"] == [
        "  File \"/var/task/app.py\", line 2, in handler\n    raise ValueError('no')\n"
    ]
    unimportable = wrapped("import nothing_of_that_name").invoke({})
    assert unimportable.error_type == "Runtime.ImportModuleError"
    assert unimportable.report.error_type == "Runtime.ImportModuleError"
    exited = wrapped("import sys\ndef handler(event, context):\n    sys.exit(4)\n").invoke({})
    assert exited.error_message is not None
    assert exited.error_message.endswith("Runtime exited with error: exit status 4")


def test_limits_hold_behind_it(wrapped: Wrap) -> None:
    """A response that is too large, a timeout and memory end a wrapped runtime as they end any other."""
    large = wrapped("def handler(event, context):\n    return 'x' * (7 << 20)\n").invoke({})
    assert large.error_type == "Function.ResponseSizeTooLarge"
    late = wrapped("import time\ndef handler(event, context):\n    time.sleep(60)\n", timeout=2).invoke({})
    assert late.error_type == "Sandbox.Timedout"
    hoards = wrapped("def handler(event, context):\n    return len(b'x' * (400 << 20))\n", memory_size=256)
    assert hoards.invoke({}).error_type == "Runtime.OutOfMemory"


def test_a_wrapper_that_is_not_there_or_no_program(wrapped: Wrap) -> None:
    """The exit status tells, as it does in a shell: 127 for nothing there."""
    gone = wrapped("", environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/nowhere"}).invoke({})
    assert gone.error_message is not None
    assert gone.error_message.endswith("Runtime exited with error: exit status 127")
    broken = wrapped("", wrapper="#!/bin/sh\nexit 5\n").invoke({})
    assert broken.error_message is not None
    assert broken.error_message.endswith("Runtime exited with error: exit status 5")


def test_options_of_the_interpreter_can_be_added(wrapped: Wrap) -> None:
    """As in AWS's own example of a wrapper: an option before the last argument, the script, is the interpreter's."""
    wrapper = '#!/bin/sh\nprogram=$1\nshift\nexec "$program" -X dev "$@"\n'
    found = wrapped("import sys\ndef handler(event, context):\n    return sys.flags.dev_mode\n", wrapper).invoke({})
    assert found.payload is True
