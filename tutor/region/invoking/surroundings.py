"""What the region puts around one environment: its log stream, its role's credentials, and the door to the endpoint."""

import uuid
from typing import TYPE_CHECKING

from tutor.awslambda.permission import role_cannot_be_assumed
from tutor.region.catalogue import Target
from tutor.region.invoking.keys import check_environment_key
from tutor.region.invoking.role import session_of
from tutor.sandbox.surroundings import Surroundings

if TYPE_CHECKING:
    from tutor.region.region import Region


def surroundings(region: "Region", target: Target) -> Surroundings:
    """For one new environment of the target's version. Raises ``ServiceError`` where the role cannot be assumed."""
    role = str(target.configuration["Role"])
    if region.neighbours.role(role) is None:
        raise role_cannot_be_assumed()
    check_environment_key(region, target)
    credentials = region.neighbours.assume(role, session_of(target.name), target.aws_region)
    doors = region.doors
    return Surroundings(
        log_group=log_group(target),
        log_stream=f"{region.clock.datetime():%Y/%m/%d}/[{target.version}]{uuid.uuid4().hex}",
        variables={
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.token,
        },
        defaults={"AWS_ENDPOINT_URL": f"http://{doors[0].address}:{doors[0].port}"} if doors else {},
        doors=doors,
        runtime_version_arn=str(target.configuration.get("RuntimeVersionConfig", {}).get("RuntimeVersionArn", "")),
    )


def log_group(target: Target) -> str:
    """Where the version's log goes: the function's own group unless its logging settings name another."""
    return str(target.configuration["LoggingConfig"].get("LogGroup") or f"/aws/lambda/{target.name}")
