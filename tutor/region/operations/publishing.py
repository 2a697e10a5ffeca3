"""How ``$LATEST`` becomes a version: its number, what freezes in it, when it can be used."""

from typing import TYPE_CHECKING, Any

from tutor.awslambda.names import FunctionName
from tutor.awslambda.version import publication, snapshot
from tutor.region.catalogue import Target
from tutor.region.operations import settling
from tutor.region.operations.moment import revision
from tutor.region.operations.storage import count
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.region import Region


def publish(region: "Region", name: FunctionName, description: str | None, *, pending: bool) -> tuple[Target, bool]:
    """The version that ``$LATEST`` gives, and whether it is new: without a change since the last one it is that one.

    ``pending``: ``$LATEST`` itself is on its way, and the version comes to rest with it; one with SnapStart takes its
    time in any case. To be called within a transaction; a new pending version is to be settled later.
    """
    aws_region = name.place.aws_region
    latest = region.catalogue.target(aws_region, name.name).configuration
    key = f"{aws_region}/{name.name}"
    last_number = int((region.state.get("numbering", key) or {"last": 0})["last"])
    last = _last(region, name, last_number)
    decided = publication(snapshot(latest), last["snapshot"] if last else None, last_number, last_number)
    number = str(decided.number)
    if decided.new:
        version = _version(latest, name.qualified(number), description, pending=pending)
        version["published"] = region.clock.now()
        count(region, aws_region, latest["CodeSize"])
        region.catalogue.put_version(aws_region, name.name, number, version)
        region.state.put("numbering", key, {"last": decided.number})
    return region.catalogue.target(aws_region, name.name, number), decided.new


def _last(region: "Region", name: FunctionName, last_number: int) -> Document | None:
    """The version published last, where it was not deleted."""
    versions = region.catalogue.versions(name.place.aws_region, name.name)
    return versions[-1] if versions and versions[-1]["Version"] == str(last_number) else None


def _version(latest: Document, name: FunctionName, description: str | None, *, pending: bool) -> dict[str, Any]:
    frozen = {**latest, "Version": name.qualifier, "FunctionArn": name.arn, "snapshot": snapshot(latest)}
    if description is not None:
        frozen["Description"] = description
    if pending or latest["SnapStart"]["ApplyOn"] == "PublishedVersions":
        return settling.created(frozen)
    return {**frozen, "RevisionId": revision()}
