"""What stands before functions: REST and HTTP APIs, load balancers."""

from collections.abc import Mapping
from typing import Any

from tutor.region.neighbours.stacks.kind import Kind, Properties, Services

_API = {"ApiId": "{ApiId}"}
_REST = {"restApiId": "{RestApiId}"}


def _rest_root(services: Services, known: dict[str, Any], _: Properties) -> None:
    """What a definition brings, and the root resource."""
    if known.get("Body"):
        services.do("apigateway", "put_rest_api", restApiId=known["id"], mode="overwrite", body=known["Body"])
    items = services.do("apigateway", "get_resources", restApiId=known["id"], limit=500)["items"]
    known["root"] = next((each["id"] for each in items if each["path"] == "/"), "")


def _rest_named(properties: dict[str, Any]) -> dict[str, Any]:
    info = properties.get("Body", {}).get("info", {}) if isinstance(properties.get("Body"), Mapping) else {}
    return {"Name": info.get("title", "api"), **properties}


def _integrated(services: Services, known: dict[str, Any], _: Properties) -> None:
    """A method's integration and responses."""
    place = {"restApiId": known["RestApiId"], "resourceId": known["ResourceId"], "httpMethod": known["HttpMethod"]}
    given = known.get("Integration")
    for response in known.get("MethodResponses") or ():
        services.do("apigateway", "put_method_response", **{**response, **place})
    if not given:
        return
    verb = {"integrationHttpMethod": given.get("IntegrationHttpMethod")}
    services.do("apigateway", "put_integration", **{**given, **place, **{k: v for k, v in verb.items() if v}})
    for response in given.get("IntegrationResponses") or ():
        services.do("apigateway", "put_integration_response", **{**response, **place})


def _method_again(services: Services, known: dict[str, Any], before: Properties) -> None:
    if before:
        place = {"restApiId": known["RestApiId"], "resourceId": known["ResourceId"], "httpMethod": known["HttpMethod"]}
        services.there("apigateway", "delete_method", **place)
        services.do("apigateway", "put_method", **known)


def _deployed(properties: dict[str, Any]) -> dict[str, Any]:
    stage = properties.get("StageDescription") or {}
    return {**({"Variables": stage["Variables"]} if stage.get("Variables") else {}), **properties}


def _stage_gone(services: Services, known: dict[str, Any], _: Properties) -> None:
    """The stage that a deployment brought with it goes before it."""
    if known.get("StageName"):
        services.there("apigateway", "delete_stage", restApiId=known["RestApiId"], stageName=known["StageName"])


def _stage_changed(services: Services, known: dict[str, Any], before: Properties) -> None:
    """A stage that is led to another deployment, or has other variables."""
    if not before:
        return
    patches = []
    if before.get("DeploymentId") != known.get("DeploymentId"):
        patches.append({"op": "replace", "path": "/deploymentId", "value": known["DeploymentId"]})
    was, now = before.get("Variables") or {}, known.get("Variables") or {}
    patches += [{"op": "replace", "path": f"/variables/{name}", "value": str(value)} for name, value in now.items()]
    patches += [{"op": "remove", "path": f"/variables/{name}"} for name in was if name not in now]
    place = {"restApiId": known["RestApiId"], "stageName": known["StageName"]}
    services.do("apigateway", "update_stage", **place, patchOperations=patches)


def _quick(services: Services, known: dict[str, Any], before: Properties) -> None:
    """An HTTP API with a target has a route, an integration and a stage of its own."""
    if before or not known.get("Target"):
        return
    api = known["ApiId"]
    if not services.do("apigatewayv2", "get_routes", ApiId=api)["Items"]:
        wanted = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationUri": known["Target"]}
        made = services.do("apigatewayv2", "create_integration", ApiId=api, **wanted)
        target = f"integrations/{made['IntegrationId']}"
        services.do(
            "apigatewayv2", "create_route", ApiId=api, RouteKey=known.get("RouteKey", "$default"), Target=target
        )
    if not services.do("apigatewayv2", "get_stages", ApiId=api)["Items"]:
        services.do("apigatewayv2", "create_stage", ApiId=api, StageName="$default", AutoDeploy=True)


def _imported(services: Services, known: dict[str, Any], _: Properties) -> None:
    if known.get("Body"):
        services.do("apigatewayv2", "reimport_api", ApiId=known["ApiId"], Body=known["Body"])


def _http_named(properties: dict[str, Any]) -> dict[str, Any]:
    info = properties.get("Body", {}).get("info", {}) if isinstance(properties.get("Body"), Mapping) else {}
    return {"ProtocolType": "HTTP", "Name": info.get("title", "api"), **properties}


def _targets(services: Services, known: dict[str, Any], before: Properties) -> None:
    arn = known["TargetGroups"][0]["TargetGroupArn"]
    if before.get("Targets"):
        services.there("elbv2", "deregister_targets", TargetGroupArn=arn, Targets=before["Targets"])
    if known.get("Targets"):
        services.do("elbv2", "register_targets", TargetGroupArn=arn, Targets=known["Targets"])
    if known.get("TargetGroupAttributes"):
        wanted = known["TargetGroupAttributes"]
        services.do("elbv2", "modify_target_group_attributes", TargetGroupArn=arn, Attributes=wanted)


KINDS: Mapping[str, Kind] = {
    "AWS::ApiGateway::RestApi": Kind(
        "apigateway",
        "create_rest_api",
        "{id}",
        {"restApiId": "{id}"},
        attributes={"RootResourceId": "{root}", "RestApiId": "{id}"},
        delete="delete_rest_api",
        fixed=("Name", "BinaryMediaTypes", "EndpointConfiguration"),
        prepare=_rest_named,
        steps=(_rest_root,),
    ),
    "AWS::ApiGateway::Resource": Kind(
        "apigateway",
        "create_resource",
        "{id}",
        {**_REST, "resourceId": "{id}"},
        attributes={"ResourceId": "{id}"},
        delete="delete_resource",
    ),
    "AWS::ApiGateway::Method": Kind(
        "apigateway",
        "put_method",
        "{RestApiId}|{ResourceId}|{HttpMethod}",
        {**_REST, "resourceId": "{ResourceId}", "httpMethod": "{HttpMethod}"},
        delete="delete_method",
        fixed=("RestApiId", "ResourceId", "HttpMethod"),
        steps=(_method_again, _integrated),
    ),
    "AWS::ApiGateway::Deployment": Kind(
        "apigateway",
        "create_deployment",
        "{id}",
        {**_REST, "deploymentId": "{id}"},
        attributes={"DeploymentId": "{id}"},
        delete="delete_deployment",
        prepare=_deployed,
        before_delete=_stage_gone,
    ),
    "AWS::ApiGateway::Stage": Kind(
        "apigateway",
        "create_stage",
        "{StageName}",
        {**_REST, "stageName": "{StageName}"},
        delete="delete_stage",
        fixed=("RestApiId", "StageName"),
        prepare=lambda given: {"StageName": "default", **given},
        steps=(_stage_changed,),
    ),
    "AWS::ApiGateway::Account": Kind("apigateway", "update_account", "account"),
    "AWS::ApiGateway::Authorizer": Kind(
        "apigateway",
        "create_authorizer",
        "{id}",
        {**_REST, "authorizerId": "{id}"},
        attributes={"AuthorizerId": "{id}"},
        delete="delete_authorizer",
    ),
    "AWS::ApiGateway::RequestValidator": Kind(
        "apigateway",
        "create_request_validator",
        "{id}",
        {**_REST, "requestValidatorId": "{id}"},
        delete="delete_request_validator",
    ),
    "AWS::ApiGateway::Model": Kind(
        "apigateway", "create_model", "{Name}", {**_REST, "modelName": "{Name}"}, name="Name", delete="delete_model"
    ),
    "AWS::ApiGateway::GatewayResponse": Kind(
        "apigateway",
        "put_gateway_response",
        "{RestApiId}|{ResponseType}",
        {**_REST, "responseType": "{ResponseType}"},
        delete="delete_gateway_response",
    ),
    "AWS::ApiGateway::ApiKey": Kind(
        "apigateway",
        "create_api_key",
        "{id}",
        {"apiKey": "{id}"},
        name="Name",
        attributes={"APIKeyId": "{id}"},
        delete="delete_api_key",
    ),
    "AWS::ApiGateway::UsagePlan": Kind(
        "apigateway",
        "create_usage_plan",
        "{id}",
        {"usagePlanId": "{id}"},
        attributes={"Id": "{id}"},
        delete="delete_usage_plan",
        prepare=lambda given: {**given, "Name": given.get("UsagePlanName", "plan")},
    ),
    "AWS::ApiGateway::UsagePlanKey": Kind(
        "apigateway",
        "create_usage_plan_key",
        "{KeyId}:{UsagePlanId}",
        {"usagePlanId": "{UsagePlanId}", "keyId": "{KeyId}"},
        delete="delete_usage_plan_key",
    ),
    "AWS::ApiGatewayV2::Api": Kind(
        "apigatewayv2",
        "create_api",
        "{ApiId}",
        _API,
        attributes={"ApiId": "{ApiId}", "ApiEndpoint": "{ApiEndpoint}"},
        updates=("update_api",),
        delete="delete_api",
        fixed=("ProtocolType",),
        prepare=_http_named,
        steps=(_imported, _quick),
    ),
    "AWS::ApiGatewayV2::Integration": Kind(
        "apigatewayv2",
        "create_integration",
        "{IntegrationId}",
        {**_API, "IntegrationId": "{IntegrationId}"},
        attributes={"IntegrationId": "{IntegrationId}"},
        updates=("update_integration",),
        delete="delete_integration",
        fixed=("ApiId",),
    ),
    "AWS::ApiGatewayV2::Route": Kind(
        "apigatewayv2",
        "create_route",
        "{RouteId}",
        {**_API, "RouteId": "{RouteId}"},
        attributes={"RouteId": "{RouteId}"},
        updates=("update_route",),
        delete="delete_route",
        fixed=("ApiId",),
    ),
    "AWS::ApiGatewayV2::Stage": Kind(
        "apigatewayv2",
        "create_stage",
        "{StageName}",
        {**_API, "StageName": "{StageName}"},
        updates=("update_stage",),
        delete="delete_stage",
        fixed=("ApiId", "StageName"),
    ),
    "AWS::ApiGatewayV2::Deployment": Kind(
        "apigatewayv2",
        "create_deployment",
        "{DeploymentId}",
        {**_API, "DeploymentId": "{DeploymentId}"},
        attributes={"DeploymentId": "{DeploymentId}"},
        delete="delete_deployment",
    ),
    "AWS::ApiGatewayV2::Authorizer": Kind(
        "apigatewayv2",
        "create_authorizer",
        "{AuthorizerId}",
        {**_API, "AuthorizerId": "{AuthorizerId}"},
        attributes={"AuthorizerId": "{AuthorizerId}"},
        updates=("update_authorizer",),
        delete="delete_authorizer",
        fixed=("ApiId",),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Kind(
        "elbv2",
        "create_load_balancer",
        "{LoadBalancers.0.LoadBalancerArn}",
        {"LoadBalancerArn": "{LoadBalancers.0.LoadBalancerArn}"},
        name="Name",
        attributes={
            "LoadBalancerArn": "{LoadBalancers.0.LoadBalancerArn}",
            "DNSName": "{LoadBalancers.0.DNSName}",
            "LoadBalancerName": "{LoadBalancers.0.LoadBalancerName}",
            "CanonicalHostedZoneID": "{LoadBalancers.0.CanonicalHostedZoneId}",
        },
        delete="delete_load_balancer",
        longest=32,
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Kind(
        "elbv2",
        "create_target_group",
        "{TargetGroups.0.TargetGroupArn}",
        {"TargetGroupArn": "{TargetGroups.0.TargetGroupArn}"},
        name="Name",
        attributes={
            "TargetGroupArn": "{TargetGroups.0.TargetGroupArn}",
            "TargetGroupName": "{TargetGroups.0.TargetGroupName}",
        },
        delete="delete_target_group",
        fixed=("TargetType", "Port", "Protocol", "VpcId"),
        steps=(_targets,),
        longest=32,
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Kind(
        "elbv2",
        "create_listener",
        "{Listeners.0.ListenerArn}",
        {"ListenerArn": "{Listeners.0.ListenerArn}"},
        attributes={"ListenerArn": "{Listeners.0.ListenerArn}"},
        updates=("modify_listener",),
        delete="delete_listener",
        fixed=("LoadBalancerArn",),
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Kind(
        "elbv2",
        "create_rule",
        "{Rules.0.RuleArn}",
        {"RuleArn": "{Rules.0.RuleArn}"},
        attributes={"RuleArn": "{Rules.0.RuleArn}"},
        updates=("modify_rule",),
        delete="delete_rule",
        fixed=("ListenerArn", "Priority"),
    ),
}
