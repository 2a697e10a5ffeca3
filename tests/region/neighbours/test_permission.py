"""Who may do what: roles, users, resource policies, trust; and a denial in the service's own form and words."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import neighbourhood, policy, trust
from tutor.errors import ServiceError
from tutor.region.call import Caller
from tutor.region.neighbours.gate import Neighbours

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"
SESSION = "arn:aws:sts::123456789012:assumed-role/r/session"
ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture
def neighbours(tmp_path: Path) -> Iterator[Neighbours]:
    """Neighbours with a queue, a bucket with an object, and a role without rights."""
    with neighbourhood(tmp_path) as (made, _):
        made.client("sqs").create_queue(QueueName="q")
        made.client("s3").create_bucket(Bucket="bucket")
        made.client("s3").put_object(Bucket="bucket", Key="k", Body=b"x")
        made.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust())
        yield made


def _grant(neighbours: Neighbours, *actions: str, resource: str = "*", **more: Any) -> None:
    document = policy(list(actions), resource, **more)
    name = f"p{len(actions)}{abs(hash(document))}"
    neighbours.client("iam").put_role_policy(RoleName="r", PolicyName=name, PolicyDocument=document)


def _as_role(neighbours: Neighbours, service: str) -> Any:
    return neighbours.client(service, "us-east-1", neighbours.assume(ROLE, "session", "us-east-1").caller)


def _denied(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


WORDS = [
    (
        "sqs",
        lambda sqs: sqs.receive_message(QueueUrl=URL),
        "AccessDenied",
        f"User: {SESSION} is not authorized to perform: sqs:receivemessage on resource: {QUEUE}"
        " because no identity-based policy allows the sqs:receivemessage action",
    ),
    (
        "sqs",
        lambda sqs: sqs.delete_message_batch(QueueUrl=URL, Entries=[{"Id": "1", "ReceiptHandle": "h"}]),
        "AccessDenied",
        f"User: {SESSION} is not authorized to perform: sqs:deletemessage on resource: {QUEUE}"
        " because no identity-based policy allows the sqs:deletemessage action",
    ),
    (
        "s3",
        lambda s3: s3.get_object(Bucket="bucket", Key="k"),
        "AccessDenied",
        f'User: {SESSION} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::bucket/k"'
        " because no identity-based policy allows the s3:GetObject action",
    ),
    (
        "s3",
        lambda s3: s3.list_objects_v2(Bucket="bucket"),
        "AccessDenied",
        f'User: {SESSION} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::bucket"'
        " because no identity-based policy allows the s3:ListBucket action",
    ),
    (
        "dynamodb",
        lambda dynamodb: dynamodb.put_item(TableName="table", Item={"k": {"S": "1"}}),
        "AccessDeniedException",
        f"User: {SESSION} is not authorized to perform: dynamodb:PutItem on resource:"
        " arn:aws:dynamodb:us-east-1:123456789012:table/table"
        " because no identity-based policy allows the dynamodb:PutItem action",
    ),
    (
        "sns",
        lambda sns: sns.publish(TopicArn="arn:aws:sns:us-east-1:123456789012:t", Message="m"),
        "AuthorizationError",
        f"User: {SESSION} is not authorized to perform: SNS:Publish on resource:"
        " arn:aws:sns:us-east-1:123456789012:t because no identity-based policy allows the SNS:Publish action",
    ),
    (
        "logs",
        lambda logs: logs.create_log_stream(logGroupName="/aws/lambda/f", logStreamName="s"),
        "AccessDeniedException",
        f"User: {SESSION} is not authorized to perform: logs:CreateLogStream on resource:"
        " arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f:log-stream:s"
        " because no identity-based policy allows the logs:CreateLogStream action",
    ),
    (
        "kinesis",
        lambda kinesis: kinesis.describe_stream(StreamName="s"),
        "AccessDeniedException",
        f"User: {SESSION} is not authorized to perform: kinesis:DescribeStream on resource:"
        " arn:aws:kinesis:us-east-1:123456789012:stream/s"
        " because no identity-based policy allows the kinesis:DescribeStream action",
    ),
    (
        "events",
        lambda events: events.put_events(Entries=[{"Source": "s", "DetailType": "d", "Detail": "{}"}]),
        "AccessDeniedException",
        f"User: {SESSION} is not authorized to perform: events:PutEvents on resource:"
        " arn:aws:events:us-east-1:123456789012:event-bus/default"
        " because no identity-based policy allows the events:PutEvents action",
    ),
    (
        "iam",
        lambda iam: iam.list_users(),
        "AccessDenied",
        f"User: {SESSION} is not authorized to perform: iam:ListUsers"
        " because no identity-based policy allows the iam:ListUsers action",
    ),
]


@pytest.mark.parametrize(("service", "call", "code", "message"), WORDS)
def test_a_role_without_rights(
    neighbours: Neighbours, service: str, call: Callable[[Any], Any], code: str, message: str
) -> None:
    """A session of a role without policies is denied everything, in the service's own form and words."""
    client = _as_role(neighbours, service)
    assert _denied(lambda: call(client)) == (code, message)


def test_a_granted_action(neighbours: Neighbours) -> None:
    """What an inline policy grants is possible, on that resource, and nothing else is."""
    sqs = _as_role(neighbours, "sqs")
    _grant(neighbours, "sqs:SendMessage", resource=QUEUE)
    sqs.send_message(QueueUrl=URL, MessageBody="m")
    assert _denied(lambda: sqs.receive_message(QueueUrl=URL))[0] == "AccessDenied"
    assert _denied(lambda: sqs.send_message(QueueUrl=URL + "2", MessageBody="m"))[0] == "AccessDenied"


def test_an_explicit_deny(neighbours: Neighbours) -> None:
    """A deny wins over an allow, and the text says so."""
    _grant(neighbours, "sqs:*")
    _grant(neighbours, "sqs:SendMessage", effect="Deny")
    denied = _denied(lambda: _as_role(neighbours, "sqs").send_message(QueueUrl=URL, MessageBody="m"))
    assert denied[1].endswith(f"{QUEUE} with an explicit deny in an identity-based policy")


@pytest.mark.parametrize(
    ("name", "service", "call"),
    [
        (
            "service-role/AWSLambdaBasicExecutionRole",
            "logs",
            lambda logs: logs.create_log_group(logGroupName="/aws/lambda/f"),
        ),
        ("service-role/AWSLambdaSQSQueueExecutionRole", "sqs", lambda sqs: sqs.receive_message(QueueUrl=URL)),
        ("service-role/AWSLambdaKinesisExecutionRole", "kinesis", lambda kinesis: kinesis.list_streams()),
        ("service-role/AWSLambdaDynamoDBExecutionRole", "dynamodbstreams", lambda streams: streams.list_streams()),
        ("service-role/AWSLambdaVPCAccessExecutionRole", "ec2", lambda ec2: ec2.describe_network_interfaces()),
    ],
)
def test_aws_s_own_policies(neighbours: Neighbours, name: str, service: str, call: Callable[[Any], Any]) -> None:
    """The managed policies that Lambda's documentation names grant what they grant on AWS."""
    client = _as_role(neighbours, service)
    assert _denied(lambda: call(client))[0] in ("AccessDeniedException", "AccessDenied", "UnauthorizedOperation")
    arn = f"arn:aws:iam::aws:policy/{name}"
    neighbours.client("iam").attach_role_policy(RoleName="r", PolicyArn=arn)
    call(client)


def test_handing_on_a_role(neighbours: Neighbours) -> None:
    """Who has a machine made hands its role to Step Functions, and needs the right to, for that service."""
    _grant(neighbours, "states:*")
    machine = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    asked = {"name": "m", "definition": machine, "roleArn": ROLE}
    states = _as_role(neighbours, "stepfunctions")
    _, text = _denied(lambda: states.create_state_machine(**asked))
    assert f"is not authorized to perform: iam:PassRole on resource: {ROLE}" in text
    for service in ("lambda.amazonaws.com", "states.amazonaws.com"):
        condition = {"StringEquals": {"iam:PassedToService": service}}
        _grant(neighbours, "iam:PassRole", resource=ROLE, Condition=condition)
        if service.startswith("lambda"):
            _denied(lambda: states.create_state_machine(**asked))
    assert states.create_state_machine(**asked)["stateMachineArn"].endswith(":m")


def test_a_permissions_boundary(neighbours: Neighbours) -> None:
    """A boundary limits what the policies grant."""
    iam = neighbours.client("iam")
    arn = iam.create_policy(PolicyName="b", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=arn)
    _grant(neighbours, "sqs:*", "s3:*")
    _as_role(neighbours, "s3").get_object(Bucket="bucket", Key="k")
    denied = _denied(lambda: _as_role(neighbours, "sqs").receive_message(QueueUrl=URL))
    assert "because no permissions boundary allows the sqs:receivemessage action" in denied[1]


def test_a_resource_s_policy(neighbours: Neighbours) -> None:
    """A queue's policy that names the role is enough by itself; a bucket's deny wins over the role's policies."""
    queue = policy("sqs:SendMessage", QUEUE, Principal={"AWS": ROLE})
    neighbours.client("sqs").set_queue_attributes(QueueUrl=URL, Attributes={"Policy": queue})
    _as_role(neighbours, "sqs").send_message(QueueUrl=URL, MessageBody="m")
    _grant(neighbours, "s3:*")
    bucket = policy("s3:GetObject", "arn:aws:s3:::bucket/*", "Deny", Principal="*")
    neighbours.client("s3").put_bucket_policy(Bucket="bucket", Policy=bucket)
    denied = _denied(lambda: _as_role(neighbours, "s3").get_object(Bucket="bucket", Key="k"))
    assert denied[1].endswith("with an explicit deny in a resource-based policy")


def test_a_key_s_policy(neighbours: Neighbours) -> None:
    """A key's default policy leaves it to the account; one that names another keeps the role out."""
    kms = neighbours.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    mine = _as_role(neighbours, "kms")
    arn = f"arn:aws:kms:us-east-1:123456789012:key/{key}"
    assert f"kms:Decrypt on resource: {arn} because" in _denied(lambda: mine.decrypt(CiphertextBlob=blob))[1]
    _grant(neighbours, "kms:Decrypt", resource=arn)
    assert mine.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    other = policy("kms:*", "*", Principal={"AWS": "arn:aws:iam::123456789012:role/other"})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=other)
    assert "no resource-based policy allows" in _denied(lambda: mine.decrypt(CiphertextBlob=blob))[1]


def test_users_and_groups(neighbours: Neighbours) -> None:
    """A user's key acts as the user, with the policies of its groups; an inactive key is refused."""
    iam = neighbours.client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    caller = neighbours.caller_of(key["AccessKeyId"])
    assert caller.arn == "arn:aws:iam::123456789012:user/u"
    assert neighbours.secret_of(key["AccessKeyId"]) == key["SecretAccessKey"]
    sqs = neighbours.client("sqs", "us-east-1", caller)
    assert _denied(lambda: sqs.list_queues())[0] == "AccessDenied"
    iam.create_group(GroupName="g")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=policy("sqs:*"))
    iam.add_user_to_group(GroupName="g", UserName="u")
    sqs.list_queues()
    iam.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with pytest.raises(ServiceError, match="security token included in the request is invalid"):
        neighbours.caller_of(key["AccessKeyId"])


def test_unknown_keys_administer(neighbours: Neighbours) -> None:
    """A key that the region did not give out acts as the account's root, and has no secret to check."""
    caller = neighbours.caller_of("AKIAUNKNOWN")
    assert (caller.administrator, caller.arn) == (True, "arn:aws:iam::123456789012:root")
    assert neighbours.secret_of("AKIAUNKNOWN") is None
    told = neighbours.client("sts").get_caller_identity()
    assert (told["Arn"], told["UserId"]) == ("arn:aws:iam::123456789012:root", "123456789012")


def test_who_am_i(neighbours: Neighbours) -> None:
    """An execution role's session is told its own ARN, without any right."""
    told = _as_role(neighbours, "sts").get_caller_identity()
    assert told["Arn"] == SESSION
    assert told["UserId"].startswith("AROA")
    assert told["UserId"].endswith(":session")


def test_trust(neighbours: Neighbours) -> None:
    """A role is assumed by whom its trust names, also when an administrator asks; its session acts as the role."""
    sts, iam = neighbours.client("sts"), neighbours.client("iam")
    denied = _denied(lambda: sts.assume_role(RoleArn=ROLE, RoleSessionName="session"))
    assert denied == (
        "AccessDenied",
        f"User: arn:aws:iam::123456789012:root is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
    )
    account = json.dumps({"AWS": "arn:aws:iam::123456789012:root"})
    document = trust().replace('{"Service": "lambda.amazonaws.com"}', account)
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=document)
    key = sts.assume_role(RoleArn=ROLE, RoleSessionName="session")["Credentials"]
    caller = neighbours.caller_of(key["AccessKeyId"], key["SessionToken"])
    assert caller == Caller(SESSION, "123456789012", key["AccessKeyId"], administrator=False)
    with pytest.raises(ServiceError, match="invalid"):
        neighbours.caller_of(key["AccessKeyId"], "another token")


def test_roles_as_they_are(neighbours: Neighbours) -> None:
    """A role's trust policy can be looked at; a role that is not there is None."""
    role = neighbours.role(ROLE)
    assert role is not None
    assert role.trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert neighbours.role(ROLE + "2") is None


def test_permits(neighbours: Neighbours) -> None:
    """What the region asks for itself: with a context and with a resource's own policy."""
    caller = neighbours.assume(ROLE, "session", "us-east-1").caller
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    _grant(neighbours, "lambda:InvokeFunction", Condition={"StringEquals": {"lambda:Principal": "s3"}})
    assert not neighbours.permits(caller, "lambda:InvokeFunction", function)
    assert neighbours.permits(caller, "lambda:InvokeFunction", function, {"lambda:Principal": "s3"})
    own = json.loads(policy("lambda:GetFunction", function, Principal={"AWS": ROLE}))
    assert neighbours.permits(caller, "lambda:GetFunction", function, resource_policies=[own])
    assert neighbours.permits(Caller(), "anything:AtAll", "*")
