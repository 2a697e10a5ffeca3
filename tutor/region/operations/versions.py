"""PublishVersion and ListVersionsByFunction."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.version import check_code_sha256, check_revision
from tutor.region.call import Call
from tutor.region.operations import demands, settling
from tutor.region.operations.answer import answered, listed
from tutor.region.operations.moment import revision
from tutor.region.operations.page import page
from tutor.region.operations.publishing import publish
from tutor.region.operations.reference import function, plain

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def publish_version(region: "Region", call: Call) -> Mapping[str, Any]:
    """Make a version of ``$LATEST``, or answer with the last one where nothing changed since."""
    asked, name = call.parameters, plain(call)
    demands.check_parameters(asked)
    with region.state.transaction():
        latest = region.catalogue.target(call.aws_region, name.name)
        configuration = latest.configuration
        check_revision(asked.get("RevisionId"), configuration["RevisionId"])
        check_code_sha256(asked.get("CodeSha256"), configuration["CodeSha256"])
        settling.check_at_rest(latest)
        published, new = publish(region, name, asked.get("Description"), pending=False)
        if new:
            region.catalogue.put_configuration(latest, {**configuration, "RevisionId": revision()})
    if new and "settling" in published.configuration:
        settling.settle_later(region, published)
    return answered(published.configuration)


def list_versions_by_function(region: "Region", call: Call) -> Mapping[str, Any]:
    """``$LATEST`` and then the versions, the oldest first."""
    name = plain(call)
    latest = function(region, call, name)["latest"]
    found = [latest, *region.catalogue.versions(call.aws_region, name.name)]
    chosen, more = page(call, found, _place_in_list, region.quotas.page_size)
    return {"Versions": [listed(each, qualified=True) for each in chosen], **more}


def _place_in_list(configuration: Mapping[str, Any]) -> str:
    number = configuration["Version"]
    return f"{int(number) if number.isdecimal() else 0:09}"


OPERATIONS: Mapping[str, "Operation"] = {
    "PublishVersion": publish_version,
    "ListVersionsByFunction": list_versions_by_function,
}
