"""From the settings of a lab, lesson or template to a function's configuration in AWS's words."""

from pathlib import Path

from tutor.awslambda.function import FunctionConfiguration
from tutor.study.course import FunctionSettings
from tutor.usecases.staging import HOST_RUNTIME


def configuration_of(settings: FunctionSettings, function_name: str) -> FunctionConfiguration:
    """The configuration that ``Functions.create`` takes."""
    return FunctionConfiguration(
        handler=settings.handler,
        memory_size=settings.memory_size,
        timeout=settings.timeout,
        ephemeral_storage=settings.ephemeral_storage,
        runtime=settings.runtime or HOST_RUNTIME,
        environment=dict(settings.environment),
        function_name=function_name,
        logging_format=settings.logging_format,
        application_log_level=settings.application_log_level,
    )


def layers_of(settings: FunctionSettings, folder: Path) -> list[Path]:
    """The layers' folders, for code that lies in ``folder``."""
    return [folder / layer for layer in settings.layers]
