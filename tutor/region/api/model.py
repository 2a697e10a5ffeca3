"""botocore's own service model of Lambda: the one source of every shape here."""

from functools import cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel


@cache
def service_model(service: str = "lambda") -> ServiceModel:
    """The newest model that the installed botocore has of a service; ``~/.aws/models`` is not looked at."""
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


@cache
def operation_model(operation: str) -> OperationModel:
    """The model of one of Lambda's operations, by its name (``CreateFunction``)."""
    return service_model().operation_model(operation)


def lower_camel_case(member: str) -> str:
    """A member's name as AWS's validation texts write it: ``MemorySize`` becomes ``memorySize``."""
    return member[:1].lower() + member[1:]
