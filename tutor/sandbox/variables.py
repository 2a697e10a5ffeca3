"""The environment variables that Lambda sets for a function, and nothing of the host's own.

Source: developer guide, configuration-envvars.
"""

import os
from datetime import UTC, datetime
from uuid import uuid4

from tutor.awslambda.function import FunctionConfiguration
from tutor.sandbox.doors import RUNTIME_API
from tutor.sandbox.runtime_program import RuntimeProgram

_REGION = "us-east-1"
LIBRARIES = (
    "/var/lang/lib",
    "/lib64",
    "/usr/lib64",
    "/var/runtime",
    "/var/runtime/lib",
    "/var/task",
    "/var/task/lib",
    "/opt/lib",
)
"""Where native libraries are looked for, those of a layer last. Source: developer guide, configuration-envvars."""


def trace_header(at: float) -> str:
    """The X-Ray trace of an invocation that nobody traces, begun ``at`` (seconds since the epoch): it is not sampled.

    The form is X-Ray's: version, time and 96 random bits; the parent segment has 64.
    """
    chance = os.urandom(20).hex()
    return f"Root=1-{int(at):08x}-{chance[:24]};Parent={chance[24:]};Sampled=0"


def runtime_variables(configuration: FunctionConfiguration, program: RuntimeProgram) -> dict[str, str]:
    """Predefined variables, the function's own, then the reserved ones, which nothing can replace."""
    today = datetime.now(UTC).strftime("%Y/%m/%d")
    changeable = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
        "LD_LIBRARY_PATH": ":".join(LIBRARIES),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        **program.variables,
    }
    reserved = {
        "_HANDLER": configuration.handler,
        "AWS_REGION": _REGION,
        "AWS_DEFAULT_REGION": _REGION,
        "AWS_LAMBDA_FUNCTION_NAME": configuration.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": configuration.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{configuration.function_name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"{today}/[{configuration.version}]{uuid4().hex}",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "AWS_LAMBDA_LOG_FORMAT": configuration.logging_format,
        "AWS_LAMBDA_RUNTIME_API": "{}:{}".format(*RUNTIME_API),
    }
    if program.execution_environment is not None:
        reserved["AWS_EXECUTION_ENV"] = program.execution_environment
    if configuration.effective_log_level is not None:
        reserved["AWS_LAMBDA_LOG_LEVEL"] = configuration.effective_log_level
    return {**changeable, **configuration.environment, **reserved}
