"""One call of the region's API: who asks, for what, in which AWS region. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
"""The one account of every region served here."""


@dataclass(frozen=True)
class Caller:
    """Who calls. ``arn`` is a user's, an assumed role's or the account root's; for a service (``s3.amazonaws.com``
    delivering an event) it is empty and ``service`` is set, with ``source_arn`` where it speaks for a resource.

    An ``administrator`` may do everything: who signs with a key that the region did not give out.
    """

    arn: str = f"arn:aws:iam::{ACCOUNT}:root"
    account: str = ACCOUNT
    access_key: str = ""
    administrator: bool = True
    service: str = ""
    source_arn: str = ""
    source_account: str = ""


ADMINISTRATOR = Caller()
ANYBODY = Caller(arn="", account="", administrator=False)
"""Who has not said who they are: only a policy for everybody lets them do anything."""


@dataclass(frozen=True)
class Call:
    """One operation with its parameters, parsed and validated by the service's own model.

    ``parameters`` has the model's member names; ``headers`` are the request's own, in lower case; ``request_id`` is the
    one that the answer will tell (empty: nobody asked by HTTP).
    """

    operation: str
    parameters: Mapping[str, Any]
    aws_region: str
    caller: Caller = ADMINISTRATOR
    headers: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
