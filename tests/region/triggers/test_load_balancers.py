"""Application Load Balancers: a real port, the balancer's event and limits, the listener's rules."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Opens, a_function
from tests.region.triggers.gateway import ECHO, address, fetch, function_arn, lines, permit
from tutor.region.region import Region


def balancer(region: Region, *, port: int = 80, registered: bool = True, multi_value: bool = False) -> dict[str, Any]:
    """A balancer with a listener that forwards to the function ``f``, which it may: the ARNs by what they are of."""
    ec2, elb = region.client("ec2"), region.client("elbv2")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"][:2]]
    made = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="functions", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    permit(region, "elasticloadbalancing.amazonaws.com", group)
    if registered:
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": function_arn()}])
    if multi_value:
        wanted = [{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}]
        elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=wanted)
    actions = [{"Type": "forward", "TargetGroupArn": group}]
    listener = elb.create_listener(LoadBalancerArn=made, Protocol="HTTP", Port=port, DefaultActions=actions)
    return {"balancer": made, "group": group, "listener": listener["Listeners"][0]["ListenerArn"]}


def allowed(region: Region, **settings: Any) -> tuple[str, dict[str, Any]]:
    """The address of a balancer that may invoke its function, and its ARNs."""
    arns = balancer(region, **settings)
    return address(region, "load-balancer", f"web:{settings.get('port', 80)}"), arns


def test_the_event(region: Region) -> None:
    """The target group, headers in lower case, one value each, parameters as they came."""
    a_function(region, ECHO)
    url, arns = allowed(region)
    event = fetch(f"{url}/a/b?x=1&x=%20", "POST", b"\x00\xff", Content_Type="image/png", X_Own="1").json
    assert event["requestContext"] == {"elb": {"targetGroupArn": arns["group"]}}
    assert (event["httpMethod"], event["path"], event["queryStringParameters"]) == ("POST", "/a/b", {"x": "%20"})
    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)
    headers = event["headers"]
    assert (headers["x-own"], headers["x-forwarded-port"], headers["x-forwarded-proto"]) == ("1", "80", "http")
    assert headers["x-amzn-trace-id"].startswith("Root=1-")


def test_multi_value_headers(region: Region) -> None:
    """With the target group's setting all values come, and the answer must have them too."""
    a_function(
        region,
        "def handler(event, context):\n"
        "    several = event['multiValueQueryStringParameters']['x']\n"
        "    return {'statusCode': 200, 'multiValueHeaders': {'X-Got': several}, 'body': ''}\n",
    )
    url, _ = allowed(region, multi_value=True)
    answer = fetch(f"{url}/?x=1&x=2")
    assert (answer.status, answer.headers["X-Got"]) == (200, "2")


def test_rules(region: Region) -> None:
    """Rules in the order of their priority; fixed answers and redirections besides functions."""
    a_function(region, ECHO)
    url, arns = allowed(region)
    elb = region.client("elbv2")
    fixed = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "418", "MessageBody": "tea"}}
    moved = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Path": "/new", "Port": "8080"}}
    rules = [
        (20, {"Field": "path-pattern", "Values": ["/tea/*"]}, fixed),
        (10, {"Field": "path-pattern", "Values": ["/tea/old"]}, moved),
        (30, {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a", "Value": "b*"}]}}, fixed),
        (40, {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}}, fixed),
    ]
    for priority, condition, action in rules:
        elb.create_rule(ListenerArn=arns["listener"], Priority=priority, Conditions=[condition], Actions=[action])
    tea = fetch(f"{url}/tea/x")
    assert (tea.status, tea.body, tea.headers["Content-Type"]) == (418, b"tea", "text/plain")
    old = fetch(f"{url}/tea/old?q=1")
    assert (old.status, old.headers["Location"]) == (301, "http://127.0.0.1:8080/new?q=1")
    assert fetch(f"{url}/?a=bc").status == fetch(f"{url}/", "PUT", b"").status == 418
    assert fetch(f"{url}/?a=c").status == 200


def test_the_limit(region: Region) -> None:
    """A request over the limit is 413, an answer over it 502."""
    a_function(region, "def handler(e, c):\n    return {'statusCode': 200, 'body': 'x' * int(e['body'].strip())}\n")
    url, _ = allowed(region)
    limit = region.quotas.alb_payload
    assert fetch(url, "POST", str(limit).encode(), Content_Type="text/plain").status == 200
    assert fetch(url, "POST", str(limit + 1).encode(), Content_Type="text/plain").status == 502
    assert fetch(url, "POST", b"1".ljust(limit), Content_Type="text/plain").status == 200
    assert fetch(url, "POST", b"1".ljust(limit + 1), Content_Type="text/plain").status == 413


@pytest.mark.parametrize("answer", ["'text'", "{'body': 'x'}", "1 / 0"])
def test_a_malformed_answer(region: Region, answer: str) -> None:
    """What is no response is 502."""
    a_function(region, f"def handler(event, context):\n    return {answer}\n")
    url, _ = allowed(region)
    assert fetch(url).status == 502


def test_without_permission(region: Region) -> None:
    """When the resource policy's permission is gone nothing runs, and the timeline says why."""
    a_function(region, ECHO)
    balancer(region)
    functions = region.client("lambda")
    [statement] = json.loads(functions.get_policy(FunctionName="f")["Policy"])["Statement"]
    functions.remove_permission(FunctionName="f", StatementId=statement["Sid"])
    assert fetch(address(region, "load-balancer", "web:80")).status == 502
    assert "AccessDeniedException" in lines(region, "drop")[0]


def test_a_target_that_may_not_be_invoked(region: Region) -> None:
    """It is not registered: the balancer asks when it is told of the function, and not of machines."""
    a_function(region, ECHO)
    elb = region.client("elbv2")
    group = elb.create_target_group(Name="functions", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    with pytest.raises(ClientError) as refused:
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": function_arn()}])
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert refused.value.response["Error"]["Message"] == (
        f"elasticloadbalancing principal does not have permission to invoke {function_arn()} from target group {group}"
    )
    assert elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"] == []


def test_health(region: Region) -> None:
    """Of a function nobody knows it before health checks are asked for."""
    a_function(region, ECHO)
    group, elb = balancer(region)["group"], region.client("elbv2")
    [told] = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert told["TargetHealth"] == {
        "State": "unavailable",
        "Reason": "Target.HealthCheckDisabled",
        "Description": "Health checks are not enabled for this target",
    }
    elb.modify_target_group(TargetGroupArn=group, HealthCheckEnabled=True)
    [told] = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert told["TargetHealth"] == {"State": "healthy"}


def test_without_a_target(region: Region) -> None:
    """A target group in which nothing is registered is 503."""
    a_function(region, ECHO)
    balancer(region, registered=False)
    assert fetch(address(region, "load-balancer", "web:80")).status == 503


def test_its_address(opens: Opens) -> None:
    """It is told in the timeline, stays the same over a restart, and nothing listens when the listener is gone."""
    region = opens()
    a_function(region, ECHO)
    url, arns = allowed(region)
    assert f"Load balancer web, listener 80: {url}" in lines(region, "listen")
    region.close()
    again = opens()
    assert address(again, "load-balancer", "web:80") == url
    assert fetch(url).status == 200
    again.client("elbv2").delete_listener(ListenerArn=arns["listener"])
    with pytest.raises(OSError, match="refused"):
        fetch(url)
