"""What a template's functions can look up while a stack is being made: parameters, other resources, other stacks."""

from collections.abc import Mapping
from typing import Any

from tutor.region.call import ACCOUNT
from tutor.region.neighbours.house import House
from tutor.region.neighbours.stacks.intrinsic import Known
from tutor.region.neighbours.stacks.kind import Made
from tutor.region.neighbours.stacks.kinds import kind_of
from tutor.region.neighbours.stacks.parameters import values_of
from tutor.region.neighbours.stacks.stack import stacks
from tutor.region.neighbours.stacks.template import Template, invalid
from tutor.region.neighbours.wire import as_administrator, in_process_client


def knowledge(house: House, stack: Mapping[str, Any], template: Template, given: Mapping[str, str]) -> Known:
    """What is known for this stack. Raises CloudFormation's ValidationError for parameters that do not do."""
    region = str(stack["region"])

    def physical(name: str) -> str | None:
        resource = stack["resources"].get(name)
        return resource.get("physical") if resource else None

    def attribute(name: str, wanted: str) -> Any:
        resource = stack["resources"].get(name)
        if not resource or not resource.get("physical"):
            return None
        made = Made(resource["physical"], resource.get("known") or {})
        found = kind_of(resource["type"]).attribute(made, wanted, region)
        return found if isinstance(found, list | Mapping) or found is None else str(found)

    own = values_of(template, given, lambda name: _parameter(house, region, name))
    return Known(
        values={**own, **_pseudo(stack)},
        mappings=template.mappings,
        conditions=template.conditions,
        physical=physical,
        attribute=attribute,
        imported=lambda name: _imported(house, region, name),
        secret=lambda service, name: _secret(house, region, service, name),
    )


def _pseudo(stack: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": stack["region"],
        "AWS::StackName": stack["name"],
        "AWS::StackId": stack["id"],
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::NotificationARNs": stack.get("notification_arns") or [],
    }


def active(template: Template, known: Known) -> list[str]:
    """The resources whose condition holds, in the template's order."""
    return [
        name
        for name, about in template.resources.items()
        if about.get("Condition") is None or known.holds(str(about["Condition"]))
    ]


def _imported(house: House, aws_region: str, name: str) -> str:
    with house.inside():
        for stack in stacks(aws_region).values():
            for output in stack.get("outputs") or () if stack["status"] != "DELETE_COMPLETE" else ():
                if output.get("ExportName") == name:
                    return str(output["OutputValue"])
    raise invalid(f"No export named {name} found.")


def _client(house: House, aws_region: str, service: str) -> Any:
    return in_process_client(service, aws_region, as_administrator(house.send))


def _parameter(house: House, aws_region: str, name: str) -> str:
    from botocore.exceptions import ClientError

    try:
        told = _client(house, aws_region, "ssm").get_parameter(Name=name, WithDecryption=True)
    except ClientError as error:
        raise invalid(f"Unable to fetch parameters [{name}] from parameter store for this account.") from error
    return str(told["Parameter"]["Value"])


def _secret(house: House, aws_region: str, service: str, name: str) -> str:
    """What ``{{resolve:...}}`` stands for."""
    import json

    if service.startswith("ssm"):
        return _parameter(house, aws_region, name.rpartition(":")[0] if name.count(":") == 1 else name)
    if service != "secretsmanager":
        raise invalid(f"Invalid dynamic reference: {service}")
    identity, _, rest = name.partition(":SecretString")
    text = _client(house, aws_region, "secretsmanager").get_secret_value(SecretId=identity)["SecretString"]
    key = rest.strip(":").split(":")[0] if rest else ""
    return str(json.loads(text)[key]) if key else str(text)
