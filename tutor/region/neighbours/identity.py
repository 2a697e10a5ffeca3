"""Who calls: access keys that the region gave out, roles and their sessions, and the policies that bind them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT, ADMINISTRATOR, Caller
from tutor.region.neighbours.house import SESSIONS, drawer
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.policy import Document


@dataclass(frozen=True)
class Credentials:
    """A key of a role's session. ``caller`` is who signs with it. They end with the region's process."""

    access_key: str
    secret_key: str
    token: str
    caller: Caller


@dataclass(frozen=True)
class Role:
    """An IAM role: its ARN, its id (``AROA…``) and its trust policy."""

    arn: str
    id: str
    trust: Document


@dataclass(frozen=True)
class Policies:
    """What binds a caller: identity policies, and the limits set to them."""

    identity: tuple[Document, ...] = ()
    boundary: Document | None = None
    session: Document | None = None


def iam() -> Any:
    """moto's IAM of the account. Only inside a scene."""
    return moto("iam.models").iam_backends[ACCOUNT]["aws"]


def sts() -> Any:
    """moto's STS of the account. Only inside a scene."""
    return moto("sts.models").sts_backends[ACCOUNT]["aws"]


def role_by_arn(arn: str) -> Role | None:
    """The role of this ARN, None if there is none."""
    found = _role(arn)
    return None if found is None else Role(found.arn, found.id, _document(found.assume_role_policy_document) or {})


def is_there(arn: str) -> bool:
    """Whether the role or the user of this ARN is there."""
    return _role(arn) is not None or any(user.arn == arn for user in iam().users.values())


def _role(arn: str) -> Any:
    return next((role for role in iam().get_roles() if role.arn == arn), None)


def _document(text: Any) -> Document | None:
    parsed = _parsed(text) if isinstance(text, str) else text
    return parsed if isinstance(parsed, Mapping) else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def open_session(role_arn: str, session: str, aws_region: str) -> Credentials:
    """Credentials of a role's session that no request asked for: an execution environment's."""
    models = moto("sts.models")
    key = moto("iam.models").AccessKey(user_name=None, prefix="ASIA", account_id=ACCOUNT)
    assumed = models.AssumedRole(ACCOUNT, aws_region, key, session, role_arn, None, 0, None)
    assumed.expiration = datetime.max  # noqa: DTZ901 - moto's times are naive
    drawer(SESSIONS)[key.access_key_id] = assumed
    caller = Caller(assumed.arn, ACCOUNT, key.access_key_id, administrator=False)
    return Credentials(key.access_key_id, key.secret_access_key, assumed.session_token, caller)


def _session(access_key: str) -> Any:
    return drawer(SESSIONS).get(access_key) or sts().get_assumed_role_from_access_key(access_key)


def _user_key(access_key: str) -> tuple[Any, Any] | None:
    for user in iam().users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key:
                return user, key
    return None


def secret_of(access_key: str) -> str | None:
    """The secret of a key that the region gave out, None for any other key."""
    session = _session(access_key)
    if session is not None:
        return str(session.secret_access_key)
    found = _user_key(access_key)
    return None if found is None else str(found[1].secret_access_key)


def caller_of(access_key: str, token: str | None, now: float) -> Caller:
    """Who signs with this key; an administrator for a key that the region did not give out.

    Raises ``ServiceError`` for a session that has expired, a token that is not the session's, an inactive key.
    """
    session = _session(access_key)
    if session is not None:
        _valid(session, token, now)
        return Caller(session.arn, str(session.account_id), access_key, administrator=False)
    found = _user_key(access_key)
    if found is None:
        return Caller(access_key=access_key)
    user, key = found
    if key.status != "Active":
        raise ServiceError("InvalidClientTokenId", "The security token included in the request is invalid.")
    return Caller(user.arn, ACCOUNT, access_key, administrator=False)


def _valid(session: Any, token: str | None, now: float) -> None:
    if token != session.session_token:
        raise ServiceError("InvalidClientTokenId", "The security token included in the request is invalid.")
    if session.expiration.replace(tzinfo=UTC) <= datetime.fromtimestamp(now, UTC):
        raise ServiceError("ExpiredTokenException", "The security token included in the request is expired")


def policies_of(caller: Caller) -> Policies:
    """The policies that bind a user or a role's session. A caller whose user or role is gone has none."""
    resource = caller.arn.split(":", 5)[-1]
    kind, _, rest = resource.partition("/")
    if kind == "assumed-role":
        return _of_role(rest.split("/")[0], _session(caller.access_key))
    return _of_user(rest.rsplit("/", 1)[-1]) if kind == "user" else Policies()


def _of_role(name: str, session: Any) -> Policies:
    role = next((each for each in iam().get_roles() if each.name == name), None)
    if role is None:
        return Policies()
    return Policies(_attached(role), _managed(role.permissions_boundary_arn), _document(session and session.policy))


def _of_user(name: str) -> Policies:
    user = iam().users.get(name)
    if user is None:
        return Policies()
    groups = [group for group in iam().groups.values() if user in group.users]
    documents = _attached(user) + tuple(document for group in groups for document in _attached(group))
    boundary = getattr(user, "permissions_boundary_arn", None)
    return Policies(documents, _managed(boundary))


def _attached(holder: Any) -> tuple[Document, ...]:
    """The inline and the managed policies of a user, a group or a role."""
    managed = [_version(policy) for policy in holder.managed_policies.values()]
    inline = [_document(text) for text in holder.policies.values()]
    return tuple(document for document in [*inline, *managed] if document is not None)


def _version(policy: Any) -> Document | None:
    return next((_document(each.document) for each in policy.versions if each.is_default), None)


def _managed(arn: str | None) -> Document | None:
    policy = iam().managed_policies.get(arn) if arn else None
    return None if policy is None else _version(policy)


def principals_of(caller: Caller) -> tuple[str, ...]:
    """All the names by which a policy may mean this caller: for a session, its role's ARN too."""
    resource = caller.arn.split(":", 5)[-1]
    if not resource.startswith("assumed-role/"):
        return (caller.arn,)
    name = resource.split("/")[1]
    role = next((each.arn for each in iam().get_roles() if each.name == name), None)
    return (caller.arn, role) if role else (caller.arn,)


def is_root(caller: Caller) -> bool:
    """Whether this is the account itself."""
    return caller.administrator or caller.arn == ADMINISTRATOR.arn
