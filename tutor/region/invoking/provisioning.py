"""Provisioned concurrency: environments that are allocated after a while and then stay, for a version or an alias.

Source: developer guide, provisioned-concurrency; statuses as recorded from the service.
"""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from tutor.awslambda.concurrency import INIT_FAILURE, allocation, allocation_time
from tutor.awslambda.initialisation import Initialisation
from tutor.errors import ServiceError, TutorError
from tutor.region.catalogue import Target
from tutor.region.invoking.admissions import Admissions
from tutor.region.invoking.live import LiveFunctions
from tutor.region.observing.observation import Observation

if TYPE_CHECKING:
    from tutor.region.region import Region
    from tutor.region.state import Document

_KIND = "provisioned"


class Provisioning:
    """Allocates and gives up provisioned environments. Documents of kind ``provisioned``: what is asked for, and how
    far it is; ``mark`` changes with every request, so that a late allocation knows that nobody waits for it.
    """

    def __init__(self, region: "Region", admissions: Admissions, live: LiveFunctions, observation: Observation) -> None:
        self._region = region
        self._admissions = admissions
        self._live = live
        self._observation = observation

    def request(self, target: Target, count: int) -> "Document":
        """Have so many for the target's qualifier. What was there serves on, where it is not too much."""
        before = self._kept(target) or {}
        available = min(before.get("available", 0), count) if before.get("version") == target.version else 0
        document = self._document(target, count, available)
        self._region.state.put(_KIND, _key(target), document)
        self._admissions.refresh(target.aws_region)
        self._region.clock.after(allocation_time(count, self._region.quotas), partial(self._allocate, target, document))
        return self.progress(document)

    def _document(self, target: Target, count: int, available: int) -> dict[str, Any]:
        return {
            "requested": count,
            "available": available,
            "allocated": available,
            "status": "IN_PROGRESS",
            "version": target.version,
            "asked": self._region.clock.now(),
            "mark": str(uuid.uuid4()),
        }

    def progress(self, document: "Document") -> "Document":
        """The document as it stands now: of what is in progress some may be allocated, but none be used."""
        if document["status"] != "IN_PROGRESS":
            return document
        elapsed = self._region.clock.now() - document["asked"]
        so_far = min(allocation(document["requested"], elapsed, self._region.quotas).allocated, document["requested"])
        return {**document, "allocated": max(so_far, document["allocated"])}

    def _allocate(self, target: Target, document: "Document") -> None:
        if self._wanted(target, document):
            self._region.clock.work(partial(self._start, target, document), partial(self._ended, target, document))

    def _start(self, target: Target, document: "Document") -> tuple[Initialisation, ...] | str:
        """Run the INITs. A text is the reason why they could not."""
        try:
            with self._live.serving(target, str(target.qualifier)) as sandboxed:
                return sandboxed.provision(document["requested"])
        except (TutorError, OSError) as fault:
            return str(fault)

    def _ended(self, target: Target, document: "Document", found: tuple[Initialisation, ...] | str) -> None:
        if not self._wanted(target, document):
            if self._kept(target) is None:
                self._live.given_up(target.key, str(target.qualifier))
            return
        now = self._region.clock.now()
        for initialisation in () if isinstance(found, str) else found:
            self._observation.initialised(target, now, initialisation)
        broken = isinstance(found, str) or not all(initialisation.succeeded for initialisation in found)
        count = document["available"] if broken else document["requested"]
        status = {"status": "FAILED", "reason": INIT_FAILURE} if broken else {"status": "READY"}
        self._region.state.put(_KIND, _key(target), {**document, **status, "allocated": count, "available": count})
        self._admissions.refresh(target.aws_region)
        text = found if isinstance(found, str) else (INIT_FAILURE if broken else f"{count} environments are ready")
        self._region.timeline.note("provision", f"{target.name}:{target.qualifier}", text, aws_region=target.aws_region)

    def _wanted(self, target: Target, document: "Document") -> bool:
        kept = self._kept(target)
        return kept is not None and kept["mark"] == document["mark"]

    def _kept(self, target: Target) -> "Document | None":
        return self._region.state.get(_KIND, _key(target))

    def give_up(self, target: Target) -> None:
        """Have none for the target's qualifier."""
        self._region.state.delete(_KIND, _key(target))
        self._live.given_up(target.key, str(target.qualifier))
        self._admissions.refresh(target.aws_region)

    def follow(self, key: str) -> None:
        """An alias of the function may lead elsewhere: its environments are allocated for the new version."""
        for found, document in self._region.state.items(_KIND, f"{key}:"):
            target = self._target(found)
            if target is not None and target.version != document["version"]:
                self._live.given_up(target.key, str(target.qualifier))
                self.request(target, document["requested"])

    def start(self) -> None:
        """Start again what an earlier run of the region had: at once, as it had been there."""
        for key, document in self._region.state.items(_KIND):
            target = self._target(key)
            if target is None or document["status"] == "FAILED":
                continue
            again = self._document(target, document["requested"], 0)
            self._region.state.put(_KIND, key, again)
            self._admissions.refresh(target.aws_region)
            self._allocate(target, again)

    def _target(self, key: str) -> Target | None:
        aws_region, _, rest = key.partition("/")
        name, _, qualifier = rest.partition(":")
        try:
            return self._region.catalogue.target(aws_region, name, qualifier)
        except ServiceError:
            return None


def _key(target: Target) -> str:
    return f"{target.key}:{target.qualifier}"


def members(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in the API's members."""
    return {
        "RequestedProvisionedConcurrentExecutions": document["requested"],
        "AvailableProvisionedConcurrentExecutions": document["available"],
        "AllocatedProvisionedConcurrentExecutions": document["allocated"],
        "Status": document["status"],
        "StatusReason": document.get("reason"),
    }
