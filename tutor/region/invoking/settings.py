"""A version's configuration in the API's members, as the sandbox takes it."""

import json
from collections.abc import Mapping
from typing import Any

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.version import has_snapshot
from tutor.region.catalogue import Target

_WHAT_RUNS = (
    "Handler", "Runtime", "MemorySize", "Timeout", "EphemeralStorage", "Environment", "Role", "LoggingConfig",
    "VpcConfig", "TracingConfig", "Version", "blob", "layers",
)  # fmt: skip
"""The members on which an environment depends. A change of any of them needs new environments."""


def function_configuration(target: Target) -> FunctionConfiguration:
    """The settings of the target's version."""
    configuration = target.configuration
    logging = configuration["LoggingConfig"]
    return FunctionConfiguration(
        handler=configuration["Handler"],
        memory_size=configuration["MemorySize"],
        timeout=configuration["Timeout"],
        ephemeral_storage=configuration["EphemeralStorage"]["Size"],
        runtime=configuration["Runtime"],
        environment=configuration.get("Environment", {}).get("Variables", {}),
        function_name=target.name,
        version=target.version,
        logging_format=logging["LogFormat"],
        application_log_level=logging.get("ApplicationLogLevel"),
        region=target.aws_region,
        system_log_level=logging.get("SystemLogLevel"),
        snap_start=has_snapshot(configuration),
    )


def fingerprint(configuration: Mapping[str, Any]) -> str:
    """The same for two configurations whose environments are alike."""
    return json.dumps([configuration.get(member) for member in _WHAT_RUNS], sort_keys=True)
