"""A function's configuration, and what AWS refuses about it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

RESERVED_ENVIRONMENT = frozenset(
    {
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN",
    }
)  # fmt: skip
"""Names that Lambda sets itself and a function may not. Source: developer guide, configuration-envvars."""

LOG_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
"""Levels of a function's own log, the finest first. Source: API reference, LoggingConfig."""

SYSTEM_LOG_LEVELS = ("DEBUG", "INFO", "WARN")
"""Levels of Lambda's own log. Source: API reference, LoggingConfig."""

_LOG_FORMATS = ("JSON", "Text")
_VARIABLE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")


@dataclass(frozen=True)
class FunctionConfiguration:
    """AWS's settings of a function, in snake_case. Memory and storage in MB, timeout in seconds.

    ``region`` and ``account`` are where it is: they stand in its ARN and in its variables. ``snap_start``: whether its
    environments are restored from a snapshot, in place of INIT.
    """

    handler: str
    memory_size: int
    timeout: int
    ephemeral_storage: int
    runtime: str
    environment: Mapping[str, str] = field(default_factory=dict)
    function_name: str = "function"
    version: str = "$LATEST"
    logging_format: str = "Text"
    application_log_level: str | None = None
    system_log_level: str | None = None
    region: str = "us-east-1"
    account: str = "123456789012"
    snap_start: bool = False

    @property
    def effective_log_level(self) -> str | None:
        """The application log level: only JSON has one, and INFO is its default."""
        return (self.application_log_level or "INFO") if self.logging_format == "JSON" else None

    @property
    def arn(self) -> str:
        """The unqualified ARN."""
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.function_name}"


def _refuse(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", message)


def _check_range(member: str, value: object, least: int, most: int) -> None:
    """AWS's own validation text for a number outside its range (form recorded from the service)."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refuse(f"Value '{value}' at '{member}' failed to satisfy constraint: Member must be an integer")
    if value < least:
        bound = f"Member must have value greater than or equal to {least}"
    elif value > most:
        bound = f"Member must have value less than or equal to {most}"
    else:
        return
    raise ServiceError(
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {bound}",
    )


def check_environment(environment: Mapping[str, str], quotas: Quotas) -> None:
    """Refuse what AWS refuses of a function's environment variables: bad names, reserved names, 4 KB."""
    for name in environment:
        if not _VARIABLE_NAME.fullmatch(name) and name not in RESERVED_ENVIRONMENT:
            raise ServiceError(
                "ValidationException",
                f"1 validation error detected: Value '{{{name}={environment[name]}}}' at 'environment.variables' "
                "failed to satisfy constraint: Map keys must satisfy constraint: "
                "[Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
            )
    reserved = [name for name in environment if name in RESERVED_ENVIRONMENT]
    if reserved:
        raise _refuse(
            "Lambda was unable to configure your environment variables because the environment variables "
            "you have provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(dict(environment), separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > quotas.environment_variables_size:
        raise _refuse(
            "Lambda was unable to configure your environment variables because the environment variables "
            f"you have provided exceeded the 4KB limit. String measured: {measured}"
        )


def check_handler(handler: str) -> None:
    """Refuse a handler's name that AWS's own model refuses: longer than 128 characters, or with spaces."""
    pattern, longest = r"[^\s]+", 128
    if len(handler) > longest:
        constraint = f"Member must have length less than or equal to {longest}"
    elif not re.fullmatch(pattern, handler):
        constraint = f"Member must satisfy regular expression pattern: {pattern}"
    else:
        return
    raise ServiceError(
        "ValidationException",
        f"1 validation error detected: Value '{handler}' at 'handler' failed to satisfy constraint: {constraint}",
    )


def check_configuration(configuration: FunctionConfiguration, quotas: Quotas) -> None:
    """Refuse a configuration that AWS's CreateFunction would refuse. Raises ``ServiceError`` with AWS's text."""
    check_handler(configuration.handler)
    _check_range("memorySize", configuration.memory_size, quotas.memory_size_min, quotas.memory_size_max)
    _check_range("timeout", configuration.timeout, quotas.timeout_min, quotas.timeout_max)
    _check_range(
        "ephemeralStorage.size",
        configuration.ephemeral_storage,
        quotas.ephemeral_storage_min,
        quotas.ephemeral_storage_max,
    )
    check_environment(configuration.environment, quotas)
    check_logging(configuration)


def check_logging(configuration: FunctionConfiguration) -> None:
    """Refuse a log format or level that AWS's model does not have, and a level where the format has none."""
    _check_enum("loggingConfig.logFormat", configuration.logging_format, _LOG_FORMATS)
    for what, level, levels in (
        ("application", configuration.application_log_level, LOG_LEVELS),
        ("system", configuration.system_log_level, SYSTEM_LOG_LEVELS),
    ):
        if level is None:
            continue
        _check_enum(f"loggingConfig.{what}LogLevel", level, levels)
        if configuration.logging_format != "JSON":
            article = "An" if what == "application" else "A"
            raise _refuse(f"{article} {what} log level can only be set together with the log format JSON.")


def _check_enum(member: str, value: str, valid: Sequence[str]) -> None:
    if value not in valid:
        raise ServiceError(
            "ValidationException",
            f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(valid)}]",
        )


def check_payload(payload: bytes, quotas: Quotas) -> None:
    """Refuse a synchronous request over the limit (in bytes), with the service's own text."""
    if len(payload) > quotas.request_payload:
        raise ServiceError(
            "RequestEntityTooLargeException",
            f"{len(payload)} byte payload is too large for the RequestResponse invocation type "
            f"(limit {quotas.request_payload} bytes)",
        )
