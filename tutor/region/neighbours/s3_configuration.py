"""A bucket's notification configuration: read from its XML, and refused with S3's texts where it cannot be kept."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any
from xml.parsers.expat import ExpatError

from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.service_policy import may_publish, may_send, queue_of, topic_of

_SERVICE = "s3.amazonaws.com"
_KINDS = {"Topic": "sns", "Queue": "sqs", "CloudFunction": "lambda"}
Wanted = Mapping[str, Any]
Configuration = dict[str, Any]


def read(body: Any) -> Configuration:
    """The configuration that a request's body gives, as moto keeps one. Raises S3's refusals."""
    parser = moto("s3.responses").xmltodict
    try:
        whole = parser.parse(body)["NotificationConfiguration"] or {}
    except (ExpatError, KeyError, ValueError, TypeError):
        raise moto("s3.exceptions").MalformedXML from None
    if not isinstance(whole, dict):
        return {}
    found: Configuration = {}
    for kind, service in _KINDS.items():
        given = _listed(whole.get(f"{kind}Configuration"))
        if given:
            found[f"{kind}Configuration"] = [_one(each, kind, service) for each in given]
    if "EventBridgeConfiguration" in whole:
        found["EventBridgeConfiguration"] = {}
    return found


def _one(given: Any, kind: str, service: str) -> Configuration:
    if not isinstance(given, dict) or not given.get("Event") or not given.get(kind):
        raise moto("s3.exceptions").MalformedXML
    arn = str(given[kind])
    if len(arn.split(":")) < 6 or not arn.startswith("arn:") or arn.split(":")[2] != service:
        raise _refused("The ARN could not be parsed" if not arn.startswith("arn:") else "The ARN is not well formed")
    rules = list(_rules(given.get("Filter")))
    return {
        **{name: given[name] for name in ("Id", kind) if given.get(name)},
        "Event": _listed(given["Event"]),
        **({"Filter": {"S3Key": {"FilterRule": rules}}} if rules else {}),
    }


def _rules(given: Any) -> Iterator[dict[str, str]]:
    """The rules of a filter, their names as S3 tells them."""
    key = given.get("S3Key") if isinstance(given, dict) else None
    seen: set[str] = set()
    for rule in _listed(key.get("FilterRule") if isinstance(key, dict) else None):
        name = str((rule or {}).get("Name") or "").lower()
        if name not in ("prefix", "suffix"):
            raise _refused("filter rule name must be either prefix or suffix")
        if name in seen:
            raise _refused(f"Cannot specify more than one {name} rule in a filter.")
        seen.add(name)
        yield {"Name": name.capitalize(), "Value": str(rule.get("Value") or "")}


def check(configuration: Configuration, bucket: Any) -> None:
    """Refuse what S3 refuses: overlaps, places that are not there, places to which S3 may not send."""
    wanted = [each for kind in _KINDS for each in configuration.get(f"{kind}Configuration", ())]
    for one, other in combinations(wanted, 2):
        _check_apart(one, other)
    region = bucket.region_name
    for kind in _KINDS:
        for each in configuration.get(f"{kind}Configuration", ()):
            if each[kind].split(":")[3] != region:
                raise moto("s3.exceptions").InvalidNotificationDestination
            if not _PERMITTED[kind](each[kind], bucket.arn):
                raise _refused("Unable to validate the following destination configurations")


def _check_apart(one: Wanted, other: Wanted) -> None:
    """Two configurations must not both want the same event of the same key."""
    if not any(_same(a, b) for a in one["Event"] for b in other["Event"]):
        return
    prefixes = (_value(one, "Prefix"), _value(other, "Prefix"))
    suffixes = (_value(one, "Suffix"), _value(other, "Suffix"))
    if not _meet(*prefixes, str.startswith) or not _meet(*suffixes, str.endswith):
        return
    if not any((*prefixes, *suffixes)):
        raise _refused("Configurations overlap. Configurations on the same bucket cannot share a common event type.")
    raise _refused(
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
        "overlapping for the same event type."
    )


def _same(one: str, other: str) -> bool:
    return one == other or any(a.endswith("*") and b.startswith(a[:-1]) for a, b in ((one, other), (other, one)))


def _meet(one: str, other: str, begins: Any) -> bool:
    return bool(begins(one, other) or begins(other, one))


def _value(wanted: Wanted, name: str) -> str:
    rules: Sequence[Mapping[str, str]] = wanted.get("Filter", {}).get("S3Key", {}).get("FilterRule", ())
    return next((rule["Value"] for rule in rules if rule["Name"] == name), "")


def _function_permits(arn: str, bucket: str) -> bool:
    """Whether S3 may invoke a function for a bucket: its resource policy says so, which lies with the region."""
    here = scene()
    if here is None:
        return True
    ask = partial(here.house.adapter.permits, arn, service=_SERVICE, source_arn=bucket, aws_region=arn.split(":")[3])
    said = here.hear(ask)
    return said is None or bool(said)  # a journal from before this was asked heard nothing


def _queue_permits(arn: str, bucket: str) -> bool:
    queue = queue_of(arn)
    return queue is not None and not queue.fifo_queue and may_send(arn, _SERVICE, bucket)


def _topic_permits(arn: str, bucket: str) -> bool:
    topic = topic_of(arn)
    return topic is not None and not arn.endswith(".fifo") and may_publish(arn, _SERVICE, bucket)


_PERMITTED = {"Topic": _topic_permits, "Queue": _queue_permits, "CloudFunction": _function_permits}


def _refused(message: str) -> Exception:
    refusal: Exception = moto("s3.exceptions").S3ClientError("InvalidArgument", message)
    return refusal


def _listed(given: Any) -> list[Any]:
    return [] if given is None else given if isinstance(given, list) else [given]
