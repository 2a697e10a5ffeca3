"""What a function may be set to, and what AWS refuses, in its own words."""

import json
from typing import Any

import pytest

from tests.region.conftest import TRUST, a_role
from tests.region.operations.material import ARN, CODE, ROLE, Create, refusal, zipped
from tutor.region.region import Region

INVALID = "InvalidParameterValueException: "
FILES = {
    "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
    "LocalMountPath": "/mnt/data",
}
NOT_ASSUMED = INVALID + "The role defined for the function cannot be assumed by Lambda."


def test_a_role_must_be_there_and_trust_lambda(client: Any, create: Create, region: Region) -> None:
    """A role that was never made, and one that trusts another service, are refused; so is a change to one."""
    iam = region.neighbours.client("iam")
    trust = json.loads(json.dumps(TRUST).replace("lambda.amazonaws.com", "ec2.amazonaws.com"))
    theirs = iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    for arn in (theirs, "arn:aws:iam::123456789012:role/never-made"):
        assert refusal(create, Role=arn) == NOT_ASSUMED
    another = refusal(create, Role="arn:aws:iam::999999999999:role/role")
    assert another == "AccessDeniedException: Cross-account pass role is not allowed."
    create()
    assert refusal(client.update_function_configuration, FunctionName="fn", Role=theirs) == NOT_ASSUMED
    path = iam.create_role(Path="/service-role/", RoleName="deep", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert create("deep", Role=path["Role"]["Arn"])["Role"] == path["Role"]["Arn"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"Runtime": "python3.7"},
            INVALID + "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda "
            "functions. We recommend you use a supported runtime while creating or updating functions.",
        ),
        (
            {"Environment": {"Variables": {"AWS_REGION": "x"}}},
            INVALID + "Lambda was unable to configure your environment variables because the environment variables "
            "you have provided contains reserved keys that are currently not supported for modification. "
            "Reserved keys used in this request: AWS_REGION",
        ),
        (
            {"Environment": {"Variables": {"SMALL": "ok", "LARGE": "x" * 4096}}},
            INVALID + "Lambda was unable to configure your environment variables because the environment variables "
            'you have provided exceeded the 4KB limit. String measured: {"SMALL":"ok","LARGE":"' + "x" * 4096 + '"}',
        ),
        (
            {"MemorySize": 10241},
            "ValidationException: 1 validation error detected: Value '10241' at 'memorySize' failed to satisfy "
            "constraint: Member must have value less than or equal to 10240",
        ),
        (
            {"Timeout": 901},
            "ValidationException: 1 validation error detected: Value '901' at 'timeout' failed to satisfy "
            "constraint: Member must have value less than or equal to 900",
        ),
        (
            {"EphemeralStorage": {"Size": 10241}},
            "ValidationException: 1 validation error detected: Value '10241' at 'ephemeralStorage.size' failed to "
            "satisfy constraint: Member must have value less than or equal to 10240",
        ),
        (
            {"Runtime": "python3.9", "SnapStart": {"ApplyOn": "PublishedVersions"}},
            INVALID + "python3.9 is not supported for SnapStart enabled functions.",
        ),
        (
            {"DurableConfig": {"ExecutionTimeout": 60}},
            "NotImplementedException: A durable function (DurableConfig) is not in this region yet.",
        ),
        (
            {"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}},
            "NotImplementedException: Tenant isolation (TenancyConfig) is not in this region yet.",
        ),
        (
            {"PackageType": "Image", "Code": {"ImageUri": "1.dkr.ecr.us-east-1.amazonaws.com/i:1"}},
            INVALID + "Container images are not supported in this region: there is no registry to pull them from. "
            "Please provide the code as a .zip file archive (PackageType Zip).",
        ),
        (
            {"Handler": None},
            INVALID + "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ),
    ],
)
def test_settings_that_are_refused(create: Create, client: Any, settings: dict[str, Any], told: str) -> None:
    """What is out of range or does not go together is refused, and no function is left behind."""
    assert refusal(create, **settings) == told
    assert client.list_functions()["Functions"] == []


@pytest.mark.parametrize(
    "settings",
    [
        {"DeadLetterConfig": {"TargetArn": "arn:aws:lambda:us-east-1:123456789012:function:fn"}},
        {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []}},
        {"LoggingConfig": {"LogFormat": "Text", "SystemLogLevel": "DEBUG"}},
        {"SnapStart": {"ApplyOn": "PublishedVersions"}, "EphemeralStorage": {"Size": 513}},
        {"Tags": {"aws:mine": "x"}},
    ],
)
def test_other_settings_that_are_refused(create: Create, settings: dict[str, Any]) -> None:
    """Refusals whose recorded text is not known come with the service's code."""
    assert refusal(create, **settings).startswith(INVALID)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"Runtime": "python3.11"}, INVALID + "python3.11 is not supported for SnapStart enabled functions."),
        ({"EphemeralStorage": {"Size": 513}}, INVALID + "SnapStart enabled functions can have at most 512 MB"),
        ({"MemorySize": 10241}, "ValidationException: 1 validation error detected: Value '10241' at 'memorySize'"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, INVALID + "Lambda was unable to configure your environ"),
        ({"FileSystemConfigs": [FILES]}, INVALID + "Function must be configured to execute in a VPC"),
        ({"Layers": [f"{ARN}:layer:l{number}:1" for number in range(6)]}, INVALID + "Cannot reference more than 5"),
        ({"DurableConfig": {"ExecutionTimeout": 60}}, "NotImplementedException: A durable function"),
    ],
)
def test_updates_are_judged_with_what_is_there(
    client: Any, create: Create, settings: dict[str, Any], told: str
) -> None:
    """A change that does not go with the settings that stay is refused, and nothing of it is kept."""
    create(SnapStart={"ApplyOn": "PublishedVersions"})
    before = client.get_function_configuration(FunctionName="fn")
    assert refusal(client.update_function_configuration, FunctionName="fn", **settings).startswith(told)
    assert client.get_function_configuration(FunctionName="fn")["RevisionId"] == before["RevisionId"]


def test_four_kilobytes_of_variables_are_taken(create: Create) -> None:
    """The limit is on the variables as JSON: exactly 4,096 bytes are fine."""
    value = "x" * (4096 - len('{"NAME":""}'))
    assert create(Environment={"Variables": {"NAME": value}})["Environment"]["Variables"]["NAME"] == value


def test_logging_has_levels_with_json_only(client: Any, create: Create, region: Region) -> None:
    """JSON brings the level INFO where none is given; back to text there are none; a group of one's own stays."""
    create()
    update = client.update_function_configuration
    group = "/aws/lambda/fn"
    expected = [
        ({"LogFormat": "JSON"}, {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", "LogFormat": "JSON"}),
        (
            {"ApplicationLogLevel": "DEBUG"},
            {"ApplicationLogLevel": "DEBUG", "SystemLogLevel": "INFO", "LogFormat": "JSON"},
        ),
        ({"LogFormat": "Text"}, {"LogFormat": "Text"}),
    ]
    for given, kept in expected:
        assert update(FunctionName="fn", LoggingConfig=given)["LoggingConfig"] == {**kept, "LogGroup": group}
        region.clock.drain(10)
    own = update(FunctionName="fn", LoggingConfig={"LogGroup": "ours"})
    assert own["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "ours"}


def test_a_role_must_be_allowed_what_is_set_up(client: Any, create: Create, region: Region) -> None:
    """A dead-letter queue and a VPC are refused where the role may not use them, and taken where it may."""
    queue = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:failed"}
    topic = {"TargetArn": "arn:aws:sns:us-east-1:123456789012:failed"}
    vpc = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    poor = a_role(region, "poor", {})
    lacks = INVALID + "The provided execution role does not have permissions to call {} on {}"
    assert refusal(create, Role=poor, DeadLetterConfig=queue) == lacks.format("SendMessage", "SQS")
    assert refusal(create, Role=poor, DeadLetterConfig=topic) == lacks.format("Publish", "SNS")
    assert refusal(create, Role=poor, VpcConfig=vpc) == lacks.format("CreateNetworkInterface", "EC2")
    sends = {"send": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue["TargetArn"]}]}
    assert create(Role=a_role(region, "sends", sends), DeadLetterConfig=queue)["DeadLetterConfig"] == queue
    create("poor", Role=poor)
    told = refusal(client.update_function_configuration, FunctionName="poor", DeadLetterConfig=queue)
    assert told == lacks.format("SendMessage", "SQS")


def test_a_dead_letter_queue_goes_with_an_empty_target(client: Any, create: Create, region: Region) -> None:
    """An empty setting says nothing; an empty ARN takes the queue away."""
    queue = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:failed"}
    create(DeadLetterConfig=queue)
    update = client.update_function_configuration
    assert update(FunctionName="fn", DeadLetterConfig={})["DeadLetterConfig"] == queue
    region.clock.drain(10)
    assert "DeadLetterConfig" not in update(FunctionName="fn", DeadLetterConfig={"TargetArn": ""})


def test_tracing_always_has_a_mode(client: Any, create: Create, region: Region) -> None:
    """A tracing setting without a mode changes nothing; a new function without one passes through."""
    assert create(TracingConfig={})["TracingConfig"] == {"Mode": "PassThrough"}
    update = client.update_function_configuration
    assert update(FunctionName="fn", TracingConfig={"Mode": "Active"})["TracingConfig"] == {"Mode": "Active"}
    region.clock.drain(10)
    assert update(FunctionName="fn", TracingConfig={})["TracingConfig"] == {"Mode": "Active"}


def test_a_vpc_is_told_and_left(client: Any, create: Create, region: Region) -> None:
    """The VPC is the subnets' own; who leaves it has empty lists, as the service answers."""
    subnet = region.client("ec2").describe_subnets()["Subnets"][0]
    group = region.client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
    inside = create(VpcConfig={"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [group]})["VpcConfig"]
    assert (inside["VpcId"], inside["Ipv6AllowedForDualStack"]) == (subnet["VpcId"], False)
    update = client.update_function_configuration
    assert update(FunctionName="fn", MemorySize=256)["VpcConfig"] == inside
    region.clock.drain(10)
    dual = {"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [group], "Ipv6AllowedForDualStack": True}
    assert update(FunctionName="fn", VpcConfig=dual)["VpcConfig"]["Ipv6AllowedForDualStack"] is True
    region.clock.drain(10)
    left = update(FunctionName="fn", VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})["VpcConfig"]
    assert left == {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": False}


def test_a_vpc_needs_networks_that_are_there(create: Create, region: Region) -> None:
    """Security groups are looked for first, then subnets; EC2's words stand in the refusal."""
    group = region.client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
    told = INVALID + "Error occurred while {}. EC2 Error Code: {}.NotFound. EC2 Error Message: The {} does not exist"
    assert refusal(create, VpcConfig={"SubnetIds": ["subnet-0"], "SecurityGroupIds": ["sg-0"]}) == told.format(
        "DescribeSecurityGroups", "InvalidGroup", "security group 'sg-0'"
    )
    assert refusal(create, VpcConfig={"SubnetIds": ["subnet-0"], "SecurityGroupIds": [group]}) == told.format(
        "DescribeSubnets", "InvalidSubnetID", "subnet ID 'subnet-0'"
    )


def test_oversized_code(client: Any, create: Create) -> None:
    """Code over 250 MB unzipped is refused by its size, before it is unzipped."""
    told = refusal(
        client.create_function, FunctionName="fn", Runtime="python3.13", Handler="a.b", Role=ROLE,
        Code={"ZipFile": zipped(big="#" * 262_144_001)},
    )  # fmt: skip
    assert told == INVALID + "Unzipped size must be smaller than 262144000 bytes"
    assert refusal(create, Code={"ZipFile": CODE + bytes(52_428_800)}) == (
        "RequestEntityTooLargeException: Zipped size must be smaller than 52428800 bytes"
    )
