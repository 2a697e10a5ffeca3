"""The environment variables that Lambda sets for a function, and nothing of the host's own.

Source: developer guide, configuration-envvars; what stands in none of its tables, as seen on the service.
"""

from tutor.awslambda.execution_environment import SNAP_START, InitializationType
from tutor.awslambda.function import FunctionConfiguration
from tutor.sandbox import chance
from tutor.sandbox.doors import RUNTIME_API
from tutor.sandbox.runtime_program import RuntimeProgram
from tutor.sandbox.surroundings import Surroundings

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

_LOG_FORMAT = "AWS_LAMBDA_LOG_FORMAT"
_DAEMON = (RUNTIME_API[0], "2000")
"""Where tracing clients send segments to, by UDP. Nobody listens here, which they are made to bear."""


def trace_header(at: float) -> str:
    """The X-Ray trace of an invocation that nobody traces, begun ``at`` (seconds since the epoch): it is not sampled.

    The form is X-Ray's: version, time and 96 random bits; the parent segment has 64.
    """
    digits = chance.hexadecimal(20)
    return f"Root=1-{int(at):08x}-{digits[:24]};Parent={digits[24:]};Sampled=0"


def runtime_variables(
    configuration: FunctionConfiguration,
    program: RuntimeProgram,
    surroundings: Surroundings,
    initialization_type: InitializationType,
) -> dict[str, str]:
    """Predefined variables, the function's own, then the reserved ones, which nothing can replace."""
    changeable = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "LD_LIBRARY_PATH": ":".join(LIBRARIES),
        "PWD": "/var/task",
        "SHLVL": "0",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": f"{_DAEMON[0]}:{_DAEMON[1]}",
        "_AWS_XRAY_DAEMON_ADDRESS": _DAEMON[0],
        "_AWS_XRAY_DAEMON_PORT": _DAEMON[1],
        **program.variables,
        **surroundings.defaults,
    }
    reserved = {
        "_HANDLER": configuration.handler,
        "AWS_REGION": configuration.region,
        "AWS_DEFAULT_REGION": configuration.region,
        "AWS_LAMBDA_FUNCTION_NAME": configuration.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": configuration.version,
        "AWS_LAMBDA_INITIALIZATION_TYPE": initialization_type,
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "AWS_LAMBDA_RUNTIME_API": "{}:{}".format(*RUNTIME_API),
        **surroundings.variables,
    }
    if initialization_type != SNAP_START:  # many environments come from one snapshot, and each has its own stream
        reserved["AWS_LAMBDA_LOG_GROUP_NAME"] = surroundings.log_group
        reserved["AWS_LAMBDA_LOG_STREAM_NAME"] = surroundings.log_stream
    if program.execution_environment is not None:
        reserved["AWS_EXECUTION_ENV"] = program.execution_environment
    if configuration.effective_log_level is not None:
        reserved["AWS_LAMBDA_LOG_LEVEL"] = configuration.effective_log_level
    given = {name: value for name, value in configuration.environment.items() if name != _LOG_FORMAT}
    if configuration.logging_format == "JSON":  # with text there is no such variable
        reserved[_LOG_FORMAT] = configuration.logging_format
    return {**changeable, **given, **reserved}
