"""The functions that a region keeps: their versions and aliases, found by any way AWS lets one name them.

Documents of ``State``; every kind's key begins with the AWS region, so that one listing never shows another's::

    function   <aws-region>/<name>               name, created, next_version, tags, reserved, recursive_loop, latest
    version    <aws-region>/<name>:<9 digits>    a published version: a configuration
    alias      <aws-region>/<name>:<alias>       AliasArn, Name, FunctionVersion, Description, RoutingConfig, RevisionId

``latest`` and a version are *configurations*: mappings with the members of the API's ``FunctionConfiguration``, as it
is answered, and what is ours in lower case: ``blob`` (the package among the state's blobs), ``layers`` (theirs).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT
from tutor.region.state import Document, State

LATEST = "$LATEST"


@dataclass(frozen=True)
class Target:
    """What a reference with its qualifier stands for: a function, one of its versions, and the alias on the way.

    ``qualifier`` is what was asked for (None: nothing, which means ``$LATEST``); ``arn`` has it at its end where it was
    given. ``configuration`` is the version's.
    """

    aws_region: str
    name: str
    qualifier: str | None
    version: str
    function: Document
    configuration: Document
    alias: Document | None = None

    @property
    def key(self) -> str:
        """The function's key in the state."""
        return f"{self.aws_region}/{self.name}"

    @property
    def arn(self) -> str:
        """The ARN as it was asked for: with the qualifier where there is one."""
        return function_arn(self.aws_region, self.name, self.qualifier)

    @property
    def version_key(self) -> str:
        """A name for this version among all of the region's."""
        return f"{self.key}:{self.version}"


def function_arn(aws_region: str, name: str, qualifier: str | None = None) -> str:
    """A function's ARN, qualified where ``qualifier`` is given."""
    tail = f":{qualifier}" if qualifier else ""
    return f"arn:aws:lambda:{aws_region}:{ACCOUNT}:function:{name}{tail}"


def version_key(aws_region: str, name: str, version: str) -> str:
    """The state's key of a published version; keys sort as the numbers do."""
    return f"{aws_region}/{name}:{int(version):09}"


class Catalogue:
    """Reads and writes the functions of one region. What it hands out is never changed in place."""

    def __init__(self, state: State) -> None:
        self.state = state

    def function(self, aws_region: str, name: str) -> Document | None:
        """The function's document, or None."""
        return self.state.get("function", f"{aws_region}/{name}")

    def functions(self, aws_region: str) -> list[Document]:
        """All functions of an AWS region, by name."""
        return [document for _, document in self.state.items("function", f"{aws_region}/")]

    def versions(self, aws_region: str, name: str) -> list[Document]:
        """The published versions' configurations, the oldest first."""
        return [document for _, document in self.state.items("version", f"{aws_region}/{name}:")]

    def aliases(self, aws_region: str, name: str) -> list[Document]:
        """The aliases, by name."""
        return [document for _, document in self.state.items("alias", f"{aws_region}/{name}:")]

    def target(self, aws_region: str, name: str, qualifier: str | None = None) -> Target:
        """What a name and a qualifier (version, alias, ``$LATEST``, None) stand for; an alias: its main version.

        Raises ``ServiceError`` (ResourceNotFoundException) with AWS's text where there is no such thing.
        """
        function = self.function(aws_region, name)
        if function is None:
            raise not_found(aws_region, name, qualifier)
        if qualifier in (None, LATEST):
            return Target(aws_region, name, qualifier, LATEST, function, function["latest"])
        alias = None if _digits(qualifier) else self.state.get("alias", f"{aws_region}/{name}:{qualifier}")
        number = qualifier if alias is None else str(alias["FunctionVersion"])
        return self._numbered(aws_region, name, qualifier, function, alias, number)

    def routed(self, target: Target, version: str) -> Target:
        """The same target led to another version: the one that an alias's weights chose."""
        if version == target.version:
            return target
        return self._numbered(target.aws_region, target.name, target.qualifier, target.function, target.alias, version)

    def _numbered(
        self, aws_region: str, name: str, qualifier: str | None, function: Document, alias: Document | None, number: str
    ) -> Target:
        if number == LATEST:
            return Target(aws_region, name, qualifier, LATEST, function, function["latest"], alias)
        kept = self.state.get("version", version_key(aws_region, name, number)) if _digits(number) else None
        if kept is None:
            raise not_found(aws_region, name, qualifier)
        return Target(aws_region, name, qualifier, number, function, kept, alias)

    def put_function(self, aws_region: str, name: str, document: Mapping[str, Any]) -> None:
        """Keep a function's document."""
        self.state.put("function", f"{aws_region}/{name}", document)

    def put_version(self, aws_region: str, name: str, version: str, configuration: Mapping[str, Any]) -> None:
        """Keep a published version."""
        self.state.put("version", version_key(aws_region, name, version), configuration)

    def put_configuration(self, target: Target, configuration: Mapping[str, Any]) -> None:
        """Keep a changed configuration (its state, say) of ``$LATEST`` or of a version, where that still exists."""
        with self.state.transaction():
            function = self.function(target.aws_region, target.name)
            if function is None:
                return
            if target.version == LATEST:
                self.put_function(target.aws_region, target.name, {**function, "latest": configuration})
            else:
                self.put_version(target.aws_region, target.name, target.version, configuration)


def not_found(aws_region: str, name: str, qualifier: str | None = None) -> ServiceError:
    """AWS's refusal for a function, version or alias that is not there."""
    return ServiceError("ResourceNotFoundException", f"Function not found: {function_arn(aws_region, name, qualifier)}")


def _digits(text: str | None) -> bool:
    return bool(text) and str(text).isdecimal()
