"""What was acknowledged is there again after any end of the process, with the identifiers that it had."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.region.neighbours.neighbourhood import FUNCTION, START, Lambda, neighbourhood, open_to, policy, trust
from tutor.errors import StoreError
from tutor.region.api.message import Headers, HttpRequest
from tutor.region.clock import Clock
from tutor.region.neighbours.gate import Neighbours
from tutor.region.neighbours.journal import Journal, Record

ENDLESS = """
import sys
from pathlib import Path
from tests.region.neighbours.neighbourhood import neighbourhood
with neighbourhood(Path(sys.argv[1])) as (neighbours, _):
    sqs = neighbours.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for number in range(10_000):
        print(sqs.send_message(QueueUrl=url, MessageBody=str(number))["MessageId"], flush=True)
"""
REQUEST = HttpRequest("POST", "/", "", Headers({"a": "b"}), b"\x00body")


def _messages(neighbours: Neighbours) -> dict[str, str]:
    sqs = neighbours.client("sqs")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    found: dict[str, str] = {}
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found |= {each["MessageId"]: each["Body"] for each in messages}
    return found


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """A kill in the midst of a stream of requests leaves everything that was answered, and at most one more."""
    command = [sys.executable, "-c", ENDLESS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as sender:
        assert sender.stdout is not None
        answered = [sender.stdout.readline().strip() for _ in range(50)]
        sender.send_signal(signal.SIGKILL)
        answered += sender.stdout.read().split("\n")[:-1]
    with neighbourhood(tmp_path) as (neighbours, _):
        assert neighbours.lost == ()
        found = _messages(neighbours)
    assert set(answered) <= set(found)
    assert len(found) <= len(answered) + 1


def _furnish(neighbours: Neighbours) -> None:
    """A thing of every kind, with secrets, handles and links between them."""
    client = neighbours.client
    sqs, sns, s3 = client("sqs"), client("sns"), client("s3")
    policies = {"Policy": open_to("sns.amazonaws.com", "events.amazonaws.com")}
    url = sqs.create_queue(QueueName="q", Attributes=policies)["QueueUrl"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q")
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    sns.publish(TopicArn=topic, Message="m")
    sqs.send_message(QueueUrl=url, MessageBody="n")
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a/ä ?b", Body=bytes(range(256)))
    upload = s3.create_multipart_upload(Bucket="bucket", Key="parts")["UploadId"]
    part = s3.upload_part(Bucket="bucket", Key="parts", UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    s3.complete_multipart_upload(Bucket="bucket", Key="parts", UploadId=upload, MultipartUpload=parts)
    _furnish_more(neighbours)


def _furnish_more(neighbours: Neighbours) -> None:
    client = neighbours.client
    table = {"TableName": "table", "BillingMode": "PAY_PER_REQUEST"}
    keys = {"KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
    names = {"AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}
    stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
    client("dynamodb").create_table(**table, **keys, **names, **stream)
    client("dynamodb").put_item(TableName="table", Item={"k": {"S": "1"}})
    client("kinesis").create_stream(StreamName="s", ShardCount=2)
    client("kinesis").put_record(StreamName="s", Data=b"d", PartitionKey="p")
    client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust())
    client("iam").put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=policy("s3:*"))
    client("iam").create_user(UserName="u")
    client("iam").create_access_key(UserName="u")
    client("secretsmanager").create_secret(Name="s", SecretString="x")
    client("ssm").put_parameter(Name="/p", Value="v", Type="SecureString")
    client("events").put_rule(Name="r", EventPattern=json.dumps({"source": ["me"]}))
    client("events").put_targets(Rule="r", Targets=[{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:q"}])
    client("events").put_events(Entries=[{"Source": "me", "DetailType": "d", "Detail": "{}"}])
    client("logs").create_log_group(logGroupName="g")
    client("logs").create_log_stream(logGroupName="g", logStreamName="s")
    event = {"timestamp": int(START * 1000), "message": "m"}
    client("logs").put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])
    client("cloudwatch").put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0}])
    client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    client("apigateway").create_rest_api(name="a")


def _inventory(neighbours: Neighbours) -> dict[str, Any]:
    """What the neighbours tell of all that."""
    client = neighbours.client
    streams = client("dynamodbstreams")
    arn = streams.list_streams(TableName="table")["Streams"][0]["StreamArn"]
    told = {
        "queue": client("sqs").get_queue_attributes(QueueUrl="http://x/123456789012/q", AttributeNames=["All"]),
        "subscriptions": client("sns").list_subscriptions(),
        "objects": client("s3").list_objects_v2(Bucket="bucket"),
        "items": client("dynamodb").scan(TableName="table"),
        "stream": streams.describe_stream(StreamArn=arn),
        "shards": client("kinesis").list_shards(StreamName="s"),
        "role": client("iam").get_role(RoleName="r"),
        "keys": client("iam").list_access_keys(UserName="u"),
        "secret": client("secretsmanager").describe_secret(SecretId="s"),
        "parameter": client("ssm").get_parameter(Name="/p"),
        "rules": client("events").list_rules(),
        "logs": client("logs").describe_log_streams(logGroupName="g"),
        "networks": client("ec2").describe_vpcs(),
        "apis": client("apigateway").get_rest_apis(),
    }
    for answer in told.values():
        del answer["ResponseMetadata"]
    return told


def test_everything_is_as_it_was(tmp_path: Path) -> None:
    """Identifiers, times, contents and keys are the same after a start; nothing is pushed a second time."""
    first, second = Lambda(), Lambda()
    with neighbourhood(tmp_path, functions=first) as (neighbours, _):
        _furnish(neighbours)
        key = neighbours.client("kms").create_key()["KeyMetadata"]["KeyId"]
        secret = neighbours.client("kms").encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
        before = _inventory(neighbours)
    clock = Clock("fast", start=START + 3600)
    with neighbourhood(tmp_path, clock, second) as (neighbours, _):
        assert neighbours.lost == ()
        assert _inventory(neighbours) == before
        assert neighbours.client("kms").decrypt(CiphertextBlob=secret)["Plaintext"] == b"secret"
        body = neighbours.client("s3").get_object(Bucket="bucket", Key="a/ä ?b")["Body"].read()
        assert body == bytes(range(256))
    clock.close()
    assert len(first.pushed) == 1
    assert second.pushed == []


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256"])
def test_a_key_pair_is_the_same(tmp_path: Path, spec: str) -> None:
    """What was signed before a restart is verified after it."""
    algorithm = "RSASSA_PSS_SHA_256" if spec.startswith("RSA") else "ECDSA_SHA_256"
    said = {"Message": b"m", "SigningAlgorithm": algorithm}
    with neighbourhood(tmp_path) as (neighbours, _):
        kms = neighbours.client("kms")
        key = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        signature = kms.sign(KeyId=key, **said)["Signature"]
    with neighbourhood(tmp_path) as (neighbours, _):
        assert neighbours.client("kms").verify(KeyId=key, Signature=signature, **said)["SignatureValid"]


def test_a_running_execution_is_said_to_be_lost(tmp_path: Path) -> None:
    """An execution that ended is as it ended; one that was running is aborted, and named."""
    with neighbourhood(tmp_path) as (neighbours, clock):
        role = neighbours.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
        states = neighbours.client("stepfunctions")
        wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
        machine = states.create_state_machine(name="m", definition=json.dumps(wait), roleArn=role)["stateMachineArn"]
        states.start_execution(stateMachineArn=machine, name="done", input='{"a": 1}')
        clock.drain()
        clock.pause()
        states.start_execution(stateMachineArn=machine, name="running")
        arn = machine.replace("stateMachine", "execution") + ":"
        history = states.get_execution_history(executionArn=arn + "done")["events"]
        before = states.describe_execution(executionArn=arn + "done")
    with neighbourhood(tmp_path) as (neighbours, _):
        states = neighbours.client("stepfunctions")
        assert states.describe_execution(executionArn=arn + "running")["status"] == "ABORTED"
        after = states.describe_execution(executionArn=arn + "done")
        assert after["status"] == "SUCCEEDED"
        assert {**after, "ResponseMetadata": None} == {**before, "ResponseMetadata": None}
        assert states.get_execution_history(executionArn=arn + "done")["events"] == history
        assert neighbours.lost == (f"Aborted: the execution {arn}running was running when the region ended.",)


def test_what_cannot_be_replayed_is_named(tmp_path: Path) -> None:
    """A record that is answered otherwise is told, with its service, operation and time."""
    with neighbourhood(tmp_path) as (neighbours, _):
        neighbours.client("sqs").create_queue(QueueName="q")
    journal = Journal(tmp_path / "journal")
    [record] = journal.records()
    journal.append(Record(START + 1, 7, record.request, "sqs", "CreateQueue", 200, 99))
    journal.close()
    with neighbourhood(tmp_path) as (neighbours, _):
        [told] = neighbours.lost
        assert "sqs CreateQueue of 2027-01-15 08:00:01" in told


def _journal(folder: Path, count: int) -> Path:
    path = folder / "journal"
    journal = Journal(path)
    for number in range(count):
        journal.append(Record(START + number, number, REQUEST, "sqs", "SendMessage", 200, 1, ("heard", {"a": None})))
    journal.close()
    return path


def _read(path: Path) -> list[Record]:
    journal = Journal(path)
    records = list(journal.records())
    journal.close()
    return records


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    """Every part of a record survives, binary bodies too."""
    [record] = _read(_journal(tmp_path, 1))
    assert (record.moment, record.operation, record.heard) == (START, "SendMessage", ("heard", {"a": None}))
    assert record.request is not None
    assert (record.request.data(), dict(record.request.headers)) == (b"\x00body", {"a": "b"})


def test_a_cut_record_ends_the_journal(tmp_path: Path) -> None:
    """Wherever the last record was cut, the ones before are read, the rest is cut off, and the next one follows."""
    whole = _journal(tmp_path, 2).read_bytes()
    first = len(whole) - (len(whole) - len(b"tutor-neighbours 1\n")) // 2
    for cut in range(first, len(whole)):
        path = tmp_path / "cut"
        path.write_bytes(whole[:cut])
        journal = Journal(path)
        assert len(list(journal.records())) == 1
        journal.append(Record(START, 1, REQUEST))
        journal.close()
        assert len(_read(path)) == 2


def test_a_damaged_record_ends_the_journal(tmp_path: Path) -> None:
    """A record whose bytes are not what their checksum says is never replayed."""
    path = _journal(tmp_path, 2)
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    assert len(_read(path)) == 1


def test_another_s_file_is_refused(tmp_path: Path) -> None:
    """A file that is no journal is refused in a sentence and left as it is."""
    path = tmp_path / "journal"
    path.write_bytes(b"something else entirely")
    with pytest.raises(StoreError, match="no journal of this version"):
        Journal(path)
    assert path.read_bytes() == b"something else entirely"


def test_what_was_asked_first_does_not_matter(tmp_path: Path) -> None:
    """A service that was only asked before it was first changed comes back with the identifiers that it had."""
    with neighbourhood(tmp_path) as (neighbours, _):
        subnets = [each["SubnetId"] for each in neighbours.client("ec2").describe_subnets()["Subnets"][:2]]
        elb = neighbours.client("elbv2")
        elb.describe_load_balancers()
        elb.create_load_balancer(Name="web", Subnets=subnets)
        made = elb.describe_load_balancers()["LoadBalancers"]
    with neighbourhood(tmp_path) as (neighbours, _):
        assert neighbours.lost == ()
        assert neighbours.client("elbv2").describe_load_balancers()["LoadBalancers"] == made


def test_two_folders_do_not_see_each_other(tmp_path: Path) -> None:
    """Two neighbourhoods in one process, side by side, share nothing: names, contents, buckets, clocks."""
    with neighbourhood(tmp_path / "one") as (one, _), neighbourhood(tmp_path / "two") as (two, clock):
        clock.advance(1000)
        for each in (one, two):
            each.client("s3").create_bucket(Bucket="bucket")
        one.client("sqs").create_queue(QueueName="q")
        assert "QueueUrls" not in two.client("sqs").list_queues()
        times = [each.client("s3").list_buckets()["Buckets"][0]["CreationDate"].timestamp() for each in (one, two)]
        assert times == [START, START + 1000]
