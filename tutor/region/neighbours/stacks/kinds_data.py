"""Where data lies: buckets, tables, secrets, parameters, keys; and alarms."""

import json
from collections.abc import Mapping
from typing import Any

from tutor.region.neighbours.stacks.kind import Kind, Properties, Services, text_of

_LISTS = {"LambdaConfigurations": "Function", "QueueConfigurations": "Queue", "TopicConfigurations": "Topic"}
_TOLD = {
    "LambdaConfigurations": ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
    "QueueConfigurations": ("QueueConfigurations", "QueueArn"),
    "TopicConfigurations": ("TopicConfigurations", "TopicArn"),
}


def _bucket(properties: dict[str, Any]) -> dict[str, Any]:
    return {**properties, "Bucket": properties["BucketName"]}


def _bucket_placed(services: Services, known: dict[str, Any], before: Properties) -> None:
    """The settings of a bucket, each of which has an operation of its own."""
    bucket = known["Bucket"]
    for name, operation, member, form in _BUCKET_SETTINGS:
        given = known.get(name)
        if given and given != before.get(name):
            services.do("s3", operation, Bucket=bucket, **{member: form(given)})
    wanted, was = known.get("NotificationConfiguration"), before.get("NotificationConfiguration")
    if wanted != was:
        told = _notifications(wanted or {})
        services.do("s3", "put_bucket_notification_configuration", Bucket=bucket, NotificationConfiguration=told)


def _same(given: Any) -> Any:
    return given


_BUCKET_SETTINGS = (
    ("VersioningConfiguration", "put_bucket_versioning", "VersioningConfiguration", _same),
    (
        "BucketEncryption",
        "put_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        lambda given: {
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                    "BucketKeyEnabled": rule.get("BucketKeyEnabled", False),
                }
                for rule in given["ServerSideEncryptionConfiguration"]
            ]
        },
    ),
    ("PublicAccessBlockConfiguration", "put_public_access_block", "PublicAccessBlockConfiguration", _same),
    ("OwnershipControls", "put_bucket_ownership_controls", "OwnershipControls", _same),
    (
        "CorsConfiguration",
        "put_bucket_cors",
        "CORSConfiguration",
        lambda given: {
            "CORSRules": [
                {
                    **{
                        name: rule[name]
                        for name in ("AllowedMethods", "AllowedOrigins", "AllowedHeaders")
                        if name in rule
                    },
                    **({"ExposeHeaders": rule["ExposedHeaders"]} if "ExposedHeaders" in rule else {}),
                    **({"MaxAgeSeconds": rule["MaxAge"]} if "MaxAge" in rule else {}),
                }
                for rule in given["CorsRules"]
            ]
        },
    ),
    ("Tags", "put_bucket_tagging", "Tagging", lambda given: {"TagSet": given}),
)


def _notifications(given: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, member in _LISTS.items():
        kind, arn = _TOLD[name]
        made = []
        for each in given.get(name) or ():
            rules = ((each.get("Filter") or {}).get("S3Key") or {}).get("Rules")
            more = {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}
            made.append({arn: each[member], "Events": [each["Event"]], **more})
        if made:
            told[kind] = made
    enabled = (given.get("EventBridgeConfiguration") or {}).get("EventBridgeEnabled", True)
    if "EventBridgeConfiguration" in given and text_of(enabled) == "true":
        told["EventBridgeConfiguration"] = {}
    return told


def _table(properties: dict[str, Any]) -> dict[str, Any]:
    stream = properties.get("StreamSpecification")
    told = {"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}
    sse = properties.get("SSESpecification")
    secret = {"SSESpecification": {"Enabled": sse.get("SSEEnabled"), **sse}} if sse else {}
    billing = {} if "ProvisionedThroughput" in properties else {"BillingMode": "PAY_PER_REQUEST"}
    return {**billing, **properties, **told, **secret}


def _table_told(services: Services, known: dict[str, Any], before: Properties) -> None:
    """Changes of a table, its time to live; and its stream, which is there when the table is."""
    name = known["TableName"]
    changed = {
        key: known[key] for key in _CHANGEABLE if before and known.get(key) != before.get(key) and known.get(key)
    }
    if before.get("StreamSpecification") and not known.get("StreamSpecification"):
        changed["StreamSpecification"] = {"StreamEnabled": False}
    if changed:
        services.do("dynamodb", "update_table", TableName=name, **changed)
    living = known.get("TimeToLiveSpecification")
    if living and living != before.get("TimeToLiveSpecification"):
        services.do("dynamodb", "update_time_to_live", TableName=name, TimeToLiveSpecification=living)
    known["Table"] = services.do("dynamodb", "describe_table", TableName=name)["Table"]


_CHANGEABLE = ("BillingMode", "ProvisionedThroughput", "StreamSpecification")


def _secret(properties: dict[str, Any]) -> dict[str, Any]:
    """A secret whose value the service makes up is asked for before it is made."""
    return {name: value for name, value in properties.items() if name != "GenerateSecretString"}


def _secret_made_up(services: Services, known: dict[str, Any], before: Properties) -> None:
    if before:
        if known.get("SecretString") and known["SecretString"] != before.get("SecretString"):
            services.do("secretsmanager", "put_secret_value", SecretId=known["ARN"], SecretString=known["SecretString"])
        return
    given = known.get("Making")
    if given is not None:
        text = services.do("secretsmanager", "get_random_password", **given)["RandomPassword"]
        if given.get("GenerateStringKey"):
            whole = json.loads(given.get("SecretStringTemplate") or "{}")
            text = json.dumps({**whole, given["GenerateStringKey"]: text})
        services.do("secretsmanager", "put_secret_value", SecretId=known["ARN"], SecretString=text)


def _secret_prepared(properties: dict[str, Any]) -> dict[str, Any]:
    making = properties.get("GenerateSecretString")
    return {**_secret(properties), **({} if making is None else {"Making": making})}


KINDS: Mapping[str, Kind] = {
    "AWS::S3::Bucket": Kind(
        "s3",
        "create_bucket",
        "{Bucket}",
        {"Bucket": "{Bucket}"},
        name="BucketName",
        attributes={
            "Arn": "arn:aws:s3:::{Bucket}",
            "DomainName": "{Bucket}.s3.amazonaws.com",
            "RegionalDomainName": "{Bucket}.s3.{region}.amazonaws.com",
            "WebsiteURL": "http://{Bucket}.s3-website-{region}.amazonaws.com",
        },
        delete="delete_bucket",
        prepare=_bucket,
        steps=(_bucket_placed,),
        lower=True,
    ),
    "AWS::S3::BucketPolicy": Kind(
        "s3",
        "put_bucket_policy",
        "{Bucket}",
        {"Bucket": "{Bucket}"},
        updates=("put_bucket_policy",),
        delete="delete_bucket_policy",
        fixed=("Bucket",),
        prepare=lambda given: {**given, "Policy": given["PolicyDocument"]},
    ),
    "AWS::DynamoDB::Table": Kind(
        "dynamodb",
        "create_table",
        "{TableName}",
        {"TableName": "{TableName}"},
        name="TableName",
        attributes={"Arn": "{Table.TableArn}", "StreamArn": "{Table.LatestStreamArn}"},
        delete="delete_table",
        fixed=("KeySchema", "LocalSecondaryIndexes"),
        prepare=_table,
        steps=(_table_told,),
    ),
    "AWS::SecretsManager::Secret": Kind(
        "secretsmanager",
        "create_secret",
        "{ARN}",
        {"SecretId": "{ARN}", "ForceDeleteWithoutRecovery": "true"},
        name="Name",
        attributes={"Id": "{ARN}"},
        delete="delete_secret",
        prepare=_secret_prepared,
        steps=(_secret_made_up,),
    ),
    "AWS::SecretsManager::RotationSchedule": Kind(
        "secretsmanager",
        "rotate_secret",
        "{SecretId}",
        {"SecretId": "{SecretId}"},
        updates=("rotate_secret",),
        delete="cancel_rotate_secret",
        fixed=("SecretId",),
    ),
    "AWS::SSM::Parameter": Kind(
        "ssm",
        "put_parameter",
        "{Name}",
        {"Name": "{Name}", "Overwrite": "true"},
        name="Name",
        attributes={"Type": "{Type}", "Value": "{Value}"},
        updates=("put_parameter",),
        delete="delete_parameter",
    ),
    "AWS::KMS::Key": Kind(
        "kms",
        "create_key",
        "{KeyMetadata.KeyId}",
        {"KeyId": "{KeyMetadata.KeyId}", "PendingWindowInDays": "30"},
        attributes={"Arn": "{KeyMetadata.Arn}", "KeyId": "{KeyMetadata.KeyId}"},
        delete="schedule_key_deletion",
        prepare=lambda given: {**given, **({"Policy": given["KeyPolicy"]} if given.get("KeyPolicy") else {})},
    ),
    "AWS::KMS::Alias": Kind(
        "kms",
        "create_alias",
        "{AliasName}",
        {"AliasName": "{AliasName}"},
        updates=("update_alias",),
        delete="delete_alias",
        fixed=("AliasName",),
    ),
    "AWS::CloudWatch::Alarm": Kind(
        "cloudwatch",
        "put_metric_alarm",
        "{AlarmName}",
        {"AlarmName": "{AlarmName}", "AlarmNames": "{AlarmName}"},
        name="AlarmName",
        attributes={"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{AlarmName}"},
        updates=("put_metric_alarm",),
        delete="delete_alarms",
        longest=255,
    ),
    "AWS::CloudWatch::Dashboard": Kind(
        "cloudwatch",
        "put_dashboard",
        "{DashboardName}",
        {"DashboardName": "{DashboardName}", "DashboardNames": "{DashboardName}"},
        name="DashboardName",
        updates=("put_dashboard",),
        delete="delete_dashboards",
    ),
}
