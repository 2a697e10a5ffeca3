"""Paths of the model lead to their operations."""

import pytest

from tutor.errors import ServiceError
from tutor.region.api.errors import status_of
from tutor.region.api.model import service_model
from tutor.region.api.routes import Match, Routes

ROUTES = Routes(service_model())
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f:prod"


@pytest.mark.parametrize(
    ("method", "path", "query", "operation", "labels"),
    [
        ("GET", "/2015-03-31/functions", "", "ListFunctions", {}),
        ("GET", "/2015-03-31/functions/", "Marker=x", "ListFunctions", {}),
        ("POST", "/2015-03-31/functions/f/invocations", "", "Invoke", {"FunctionName": "f"}),
        ("POST", f"/2015-03-31/functions/{ARN}/invocations", "", "Invoke", {"FunctionName": ARN}),
        ("POST", f"/2015-03-31/functions/{ARN.replace(':', '%3A')}/invocations", "", "Invoke", {"FunctionName": ARN}),
        ("GET", "/2015-03-31/functions/f%3Aprod", "", "GetFunction", {"FunctionName": "f:prod"}),
        ("GET", "/2018-10-31/layers", "", "ListLayers", {}),
        ("GET", "/2018-10-31/layers", "find=LayerVersion&Arn=a", "GetLayerVersionByArn", {}),
        ("GET", "/2019-09-30/functions/f/provisioned-concurrency", "Qualifier=1", "GetProvisionedConcurrencyConfig",
         {"FunctionName": "f"}),
        ("GET", "/2019-09-30/functions/f/provisioned-concurrency", "List=ALL", "ListProvisionedConcurrencyConfigs",
         {"FunctionName": "f"}),
        ("GET", "/2019-09-25/functions/f/event-invoke-config/list", "", "ListFunctionEventInvokeConfigs",
         {"FunctionName": "f"}),
        ("GET", "/2017-03-31/tags/a%2Fb%20c", "", "ListTags", {"Resource": "a/b c"}),
        ("DELETE", "/2018-10-31/layers/l/versions/3/policy/s", "", "RemoveLayerVersionPermission",
         {"LayerName": "l", "VersionNumber": "3", "StatementId": "s"}),
    ],
)  # fmt: skip
def test_a_path_means_an_operation(method: str, path: str, query: str, operation: str, labels: dict[str, str]) -> None:
    """Labels are decoded, whatever was encoded in them; a query that is part of the path decides."""
    assert ROUTES.find(method, path, query) == Match(operation, labels)


@pytest.mark.parametrize(
    ("method", "path", "code", "status"),
    [
        ("GET", "/", "UnknownOperationException", 404),
        ("GET", "", "UnknownOperationException", 404),
        ("GET", "/2015-03-31/functions//aliases", "UnknownOperationException", 404),
        ("GET", "/2015-03-31/functions/f/nothing", "UnknownOperationException", 404),
        ("GET", "/1999-03-31/functions", "UnknownOperationException", 404),
        ("PATCH", "/2015-03-31/functions", "MethodNotAllowedException", 405),
        ("GET", "/2015-03-31/functions/%FF", "SerializationException", 400),
    ],
)
def test_what_is_no_operation_is_refused(method: str, path: str, code: str, status: int) -> None:
    """An unknown path and a wrong method are refusals with their status, never a fault."""
    with pytest.raises(ServiceError) as refusal:
        ROUTES.find(method, path, "")
    assert (refusal.value.code, status_of(refusal.value.code)) == (code, status)


def test_greedy_labels_take_the_rest() -> None:
    """``{Key+}`` holds slashes, and literal segments after it still count."""
    from botocore.model import ServiceModel

    operations = {
        "Get": {"name": "Get", "http": {"method": "GET", "requestUri": "/{Bucket}/{Key+}"}},
        "Tags": {"name": "Tags", "http": {"method": "GET", "requestUri": "/{Bucket}/{Key+}/tags"}},
    }
    routes = Routes(ServiceModel({"metadata": {}, "operations": operations, "shapes": {}}))
    assert routes.find("GET", "/b/a/b%20c/d", "") == Match("Get", {"Bucket": "b", "Key": "a/b c/d"})
    assert routes.find("GET", "/b/a/b/tags", "").operation in ("Tags", "Get")
