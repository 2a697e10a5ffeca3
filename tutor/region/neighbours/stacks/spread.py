"""Types that put one document on several other resources: policies of queues, topics, roles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.region.neighbours.stacks.kind import Made, Properties, Services, text_of

_OWNERS = {"Roles": ("role", "RoleName"), "Users": ("user", "UserName"), "Groups": ("group", "GroupName")}
Deed = tuple[str, dict[str, Any]]


class Spread:
    """A type whose resource is nothing but what it puts on others."""

    service = ""
    name, longest, lower = "Name", 63, False

    def put(self, properties: Properties) -> Iterator[Deed]:
        """The operations that put it there."""
        raise NotImplementedError

    def taken(self, properties: Properties) -> Iterator[Deed]:
        """The operations that take it away."""
        raise NotImplementedError

    def replaces(self, _: Properties, __: Properties) -> bool:
        """It is never made anew."""
        return False

    def made(self, services: Services, properties: Properties) -> Made:
        """Put it there."""
        for operation, parameters in self.put(properties):
            services.do(self.service, operation, **parameters)
        return Made(str(properties.get("PolicyName") or properties["Name"]), dict(properties))

    def changed(self, services: Services, made: Made, before: Properties, after: Properties) -> Made:
        """Take it away where it is no longer wanted, and put it where it is."""
        wanted = [text_of(deed[1]) for deed in self.taken(after)]
        for operation, parameters in self.taken(before):
            if text_of(parameters) not in wanted:
                services.there(self.service, operation, **parameters)
        return Made(made.physical, self.made(services, {**after, "Name": made.physical}).known)

    def removed(self, services: Services, made: Made) -> None:
        """Take it away."""
        for operation, parameters in self.taken(made.known):
            services.there(self.service, operation, **parameters)

    def attribute(self, made: Made, name: str, _: str) -> Any:
        """It has the attribute ``Id`` alone."""
        return made.physical if name == "Id" else None


@dataclass(frozen=True)
class QueuePolicy(Spread):
    """``AWS::SQS::QueuePolicy``."""

    service = "sqs"

    def put(self, properties: Properties) -> Iterator[Deed]:
        for url in properties.get("Queues") or ():
            policy = {"Policy": text_of(properties["PolicyDocument"])}
            yield "set_queue_attributes", {"QueueUrl": url, "Attributes": policy}

    def taken(self, properties: Properties) -> Iterator[Deed]:
        for url in properties.get("Queues") or ():
            yield "set_queue_attributes", {"QueueUrl": url, "Attributes": {"Policy": ""}}


@dataclass(frozen=True)
class TopicPolicy(Spread):
    """``AWS::SNS::TopicPolicy``. AWS leaves the policy there when its resource goes."""

    service = "sns"

    def put(self, properties: Properties) -> Iterator[Deed]:
        for arn in properties.get("Topics") or ():
            policy = {"AttributeName": "Policy", "AttributeValue": text_of(properties["PolicyDocument"])}
            yield "set_topic_attributes", {"TopicArn": arn, **policy}

    def taken(self, _: Properties) -> Iterator[Deed]:
        yield from ()


@dataclass(frozen=True)
class InlinePolicy(Spread):
    """``AWS::IAM::Policy``: a policy of one's own for roles, users and groups."""

    service = "iam"

    def put(self, properties: Properties) -> Iterator[Deed]:
        document = {name: properties[name] for name in ("PolicyName", "PolicyDocument")}
        for owner, place in self._places(properties):
            yield f"put_{owner}_policy", {**place, **document}

    def taken(self, properties: Properties) -> Iterator[Deed]:
        for owner, place in self._places(properties):
            yield f"delete_{owner}_policy", {**place, "PolicyName": properties["PolicyName"]}

    def _places(self, properties: Properties) -> Iterator[tuple[str, dict[str, str]]]:
        for several, (owner, parameter) in _OWNERS.items():
            for name in properties.get(several) or ():
                yield owner, {parameter: name}


@dataclass(frozen=True)
class Nothing(Spread):
    """What a template may name and what needs nothing here: metadata, handles that are waited for by nobody."""

    def put(self, _: Properties) -> Iterator[Deed]:
        yield from ()

    def taken(self, _: Properties) -> Iterator[Deed]:
        yield from ()


KINDS: Mapping[str, Spread] = {
    "AWS::SQS::QueuePolicy": QueuePolicy(),
    "AWS::SNS::TopicPolicy": TopicPolicy(),
    "AWS::IAM::Policy": InlinePolicy(),
    "AWS::CDK::Metadata": Nothing(),
    "AWS::CloudFormation::WaitConditionHandle": Nothing(),
}
