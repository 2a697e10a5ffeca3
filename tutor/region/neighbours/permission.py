"""Whether a caller may do what a request asks: its identity policies, the resource's own policy, the trust of roles."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tutor.region.api.message import HttpResponse
from tutor.region.call import ACCOUNT, Caller
from tutor.region.neighbours import identity
from tutor.region.neighbours.action import needs
from tutor.region.neighbours.asked import Asked
from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.policy import ALLOWED, Context, Decision, Document, Wish, decide
from tutor.region.neighbours.refusal import denied, denied_text


def permits(
    caller: Caller, action: str, resource: str, context: Context, resource_policies: Sequence[Document] = ()
) -> Decision:
    """Whether ``caller`` may do ``action`` on ``resource``. Only inside a scene."""
    if caller.administrator:
        return ALLOWED
    bound = identity.policies_of(caller)
    wish = _wish(caller, action, resource, context)
    return decide(
        wish, identity=bound.identity, boundary=bound.boundary, session=bound.session, resource=resource_policies
    )


def _wish(caller: Caller, action: str, resource: str, context: Context) -> Wish:
    held = {name.lower(): value for name, value in {**_context(caller), **context}.items()}
    return Wish(action, resource, held, identity.principals_of(caller), caller.account, caller.service)


def _context(caller: Caller) -> Context:
    here = scene()
    now = datetime.fromtimestamp(here.now() if here else 0, UTC)
    told: dict[str, Any] = {
        "aws:PrincipalArn": caller.arn,
        "aws:PrincipalAccount": caller.account,
        "aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:SecureTransport": "true",
        "aws:username": caller.arn.rsplit("/", 1)[-1],
        "aws:SourceArn": caller.source_arn,
        "aws:SourceAccount": caller.source_account,
        "aws:PrincipalType": "AssumedRole" if ":assumed-role/" in caller.arn else "User",
    }
    return {name: value for name, value in told.items() if value}


def refusal(wish: Asked, caller: Caller) -> HttpResponse | None:
    """The denial of a request, None if the caller may. Only inside a scene."""
    if (wish.service, wish.operation) == ("sts", "AssumeRole"):
        return _assuming(wish, caller)
    if caller.administrator:
        return None
    for action, resource in needs(wish):
        arn, documents, needed = _resource_policy(wish, resource)
        bound = identity.policies_of(caller)
        context = {"aws:RequestedRegion": wish.aws_region}
        decision = decide(
            _wish(caller, action, arn, context),
            identity=bound.identity,
            boundary=bound.boundary,
            session=bound.session,
            resource=documents,
            needs_resource=needed,
        )
        if not decision:
            return denied(wish, denied_text(caller.arn, action, arn, decision))
    return _passing(wish, caller)


_PASSED: Mapping[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("stepfunctions", "CreateStateMachine"): (("roleArn",), "states.amazonaws.com"),
    ("stepfunctions", "UpdateStateMachine"): (("roleArn",), "states.amazonaws.com"),
    ("scheduler", "CreateSchedule"): (("Target", "RoleArn"), "scheduler.amazonaws.com"),
    ("scheduler", "UpdateSchedule"): (("Target", "RoleArn"), "scheduler.amazonaws.com"),
    ("events", "PutRule"): (("RoleArn",), "events.amazonaws.com"),
    ("logs", "PutSubscriptionFilter"): (("roleArn",), "logs.amazonaws.com"),
    ("cloudformation", "CreateStack"): (("RoleARN",), "cloudformation.amazonaws.com"),
    ("cloudformation", "UpdateStack"): (("RoleARN",), "cloudformation.amazonaws.com"),
}
"""Where an operation hands a role to a service: the place of its ARN in the parameters, and the service."""


def _passing(wish: Asked, caller: Caller) -> HttpResponse | None:
    """The denial where a caller hands on a role that it may not pass."""
    place, service = _PASSED.get((wish.service, wish.operation), ((), ""))
    found: Any = wish.parameters if place else None
    for name in place:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not found:
        return None
    decision = permits(caller, "iam:PassRole", str(found), {"iam:PassedToService": service})
    return None if decision else denied(wish, denied_text(caller.arn, "iam:PassRole", str(found), decision))


def _assuming(wish: Asked, caller: Caller) -> HttpResponse | None:
    """Who assumes a role needs the role's trust, and where that only names the account, an identity policy as well."""
    arn = str(wish.parameters.get("RoleArn", ""))
    role = identity.role_by_arn(arn)
    if role is None and f"::{ACCOUNT}:" not in arn:
        return None  # a role of another account is not ours to know
    external = {"sts:ExternalId": str(wish.parameters["ExternalId"])} if "ExternalId" in wish.parameters else {}
    bound = identity.policies_of(caller)
    everything: Document = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    decision = decide(
        _wish(caller, "sts:AssumeRole", arn, external),
        identity=(everything,) if caller.administrator else bound.identity,
        boundary=bound.boundary,
        session=bound.session,
        resource=(role.trust,) if role else (),
        needs_resource=True,
    )
    return None if decision else denied(wish, denied_text(caller.arn, "sts:AssumeRole", arn, decision))


Found = tuple[str, Any]


def _queue(wish: Asked, arn: str) -> Found:
    queue = moto("sqs.models").sqs_backends[ACCOUNT][wish.aws_region].queues.get(arn.rsplit(":", 1)[-1])
    return arn, queue and queue.policy


def _topic(wish: Asked, arn: str) -> Found:
    topic = moto("sns.models").sns_backends[ACCOUNT][wish.aws_region].topics.get(arn)
    return arn, topic and topic.policy


def _bucket(_: Asked, arn: str) -> Found:
    bucket = moto("s3.models").s3_backends[ACCOUNT]["aws"].buckets.get(arn.removeprefix("arn:aws:s3:::").split("/")[0])
    return arn, bucket and bucket.policy


def _key(wish: Asked, arn: str) -> Found:
    """The key that an ARN (also of an alias) means, with its policy; of a ciphertext, the key that it was made with."""
    backend = moto("kms.models").kms_backends[ACCOUNT][wish.aws_region]
    name = arn.split(":")[-1].removeprefix("key/")
    if name == "*" and wish.operation == "Decrypt":
        blob = wish.parameters.get("CiphertextBlob")
        name = blob[:36].decode(errors="replace") if isinstance(blob, bytes) else name
    if name.startswith("alias/"):
        name = getattr(backend.aliases.get(name), "target_key_id", name)
    key = backend.keys.get(name)
    return (key.arn, key.policy) if key else (arn, None)


def _secret(wish: Asked, arn: str) -> Found:
    secrets = moto("secretsmanager.models").secretsmanager_backends[ACCOUNT][wish.aws_region]
    name = arn.split(":")[-1]
    found = next((each for each in secrets.secrets.values() if name in (each.name, each.arn.split(":")[-1])), None)
    return (found.arn, found.policy) if found else (arn, None)


_FINDERS: Mapping[str, Callable[[Asked, str], Found]] = {
    "sqs": _queue,
    "sns": _topic,
    "s3": _bucket,
    "kms": _key,
    "secretsmanager": _secret,
}


def _resource_policy(wish: Asked, resource: str) -> tuple[str, tuple[Document, ...], bool]:
    """The resource's full ARN, its own policies, and whether they must consent (a KMS key's must)."""
    finder = _FINDERS.get(wish.service)
    if finder is None:
        return resource, (), False
    arn, policy = finder(wish, resource)
    document = _plain(policy)
    return arn, (document,) if document else (), wish.service == "kms" and document is not None


def _plain(policy: Any) -> Document | None:
    if isinstance(policy, bytes):
        policy = policy.decode()
    try:
        parsed = json.loads(policy) if isinstance(policy, str) and policy else policy
    except ValueError:
        return None
    return parsed if isinstance(parsed, Mapping) else None
