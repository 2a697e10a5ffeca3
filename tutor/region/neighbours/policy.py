"""Whether policies allow an action: identity policies, permissions boundaries, resource policies, conditions. Pure.

The rules are AWS's (IAM user guide, "Policy evaluation logic"): an explicit deny wins, then an allow is needed. moto's
own evaluation knows StringEquals alone and takes a condition that does not hold for a deny.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from tutor.region.neighbours.condition import Values, conditions_hold

Document = Mapping[str, Any]
Context = Mapping[str, Values]

_REGIONAL = re.compile(r"(?P<service>[a-z0-9-]+)\.(?P<region>[a-z]{2}(-[a-z]+)+-\d)\.amazonaws\.com")


class Verdict(Enum):
    """What documents say of one wish. ``DELEGATED``: a resource policy leaves it to the account's identity policies."""

    DENIED = "denied"
    ALLOWED = "allowed"
    DELEGATED = "delegated"
    SILENT = "silent"


@dataclass(frozen=True)
class Wish:
    """Who wants to do what to which resource. ``principals`` are all the names that stand for the caller.

    ``context`` has the condition keys of the request (``aws:SourceArn``), in lower case.
    """

    action: str
    resource: str
    context: Context = field(default_factory=dict)
    principals: Sequence[str] = ()
    account: str = ""
    service: str = ""


def listed(value: Any) -> list[Any]:
    """What a policy gives as one thing or as a list of them, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".") + r"\Z", re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether the text is of the pattern, where ``*`` is any text and ``?`` any character."""
    return _pattern(pattern).match(text) is not None


_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERAL = {"*": "*", "?": "?", "$": "$"}


def _filled(text: str, context: Context) -> str | None:
    """The text with its policy variables replaced; None where one has no value (then nothing matches)."""
    missing = False

    def value(found: re.Match[str]) -> str:
        nonlocal missing
        name, _, default = found[1].partition(",")
        if name in _LITERAL:
            return f"[{_LITERAL[name]}]"
        held = listed(context.get(name.strip().lower()))
        missing = missing or (len(held) != 1 and not default)
        return str(held[0]) if len(held) == 1 else default.strip(" '")

    filled = _VARIABLE.sub(value, text) if "${" in text else text
    return None if missing else filled


def _any_matches(patterns: Any, text: str, context: Context, *, fold: bool) -> bool:
    for each in listed(patterns):
        filled = _filled(str(each), context)
        if filled is not None and matches(filled.lower() if fold else filled, text.lower() if fold else text):
            return True
    return False


def _about(statement: Document, wish: Wish) -> bool:
    if "NotAction" in statement:
        acts = not _any_matches(statement["NotAction"], wish.action, {}, fold=True)
    else:
        acts = _any_matches(statement.get("Action"), wish.action, {}, fold=True)
    if not acts:
        return False
    if "NotResource" in statement:
        return not _any_matches(statement["NotResource"], wish.resource, wish.context, fold=False)
    if "Resource" in statement:
        return _any_matches(statement["Resource"], wish.resource, wish.context, fold=False)
    return True


def _principal(element: Any, wish: Wish) -> Verdict:
    """Whether a principal element names the caller (``ALLOWED``) or only its account (``DELEGATED``)."""
    if element == "*":
        return Verdict.ALLOWED
    if not isinstance(element, Mapping):
        return Verdict.SILENT
    if wish.service:
        named = any(_is_service(str(each), wish) for each in listed(element.get("Service")))
        return Verdict.ALLOWED if named or "*" in listed(element.get("AWS")) else Verdict.SILENT
    given = [str(each) for each in listed(element.get("AWS"))]
    if "*" in given or any(each in wish.principals for each in given):
        return Verdict.ALLOWED
    accounts = (wish.account, f"arn:aws:iam::{wish.account}:root")
    return Verdict.DELEGATED if any(each in accounts for each in given) else Verdict.SILENT


def _is_service(named: str, wish: Wish) -> bool:
    """Whether a service principal is who asks; ``logs.us-east-1.amazonaws.com`` is Logs, about resources there."""
    if named in ("*", wish.service):
        return True
    found = _REGIONAL.fullmatch(named)
    if found is None or f"{found['service']}.amazonaws.com" != wish.service:
        return False
    return wish.resource.split(":")[3:4] in ([], [""], [found["region"]])


def _applies(statement: Document, wish: Wish, *, identity: bool) -> Verdict:
    if not _about(statement, wish):
        return Verdict.SILENT
    if not conditions_hold(statement.get("Condition") or {}, wish.context, lambda text: _filled(text, wish.context)):
        return Verdict.SILENT
    if identity:
        return Verdict.ALLOWED
    if "NotPrincipal" in statement:
        return Verdict.SILENT if _principal(statement["NotPrincipal"], wish) is Verdict.ALLOWED else Verdict.ALLOWED
    return _principal(statement.get("Principal"), wish)


def judge(documents: Iterable[Document], wish: Wish, *, identity: bool = True) -> Verdict:
    """What these policies say of the wish: as identity policies, or as resource policies with their principals."""
    best = Verdict.SILENT
    for document in documents:
        for statement in listed(document.get("Statement")):
            found = _applies(statement, wish, identity=identity)
            if found is Verdict.SILENT:
                continue
            if statement.get("Effect") == "Deny":
                return Verdict.DENIED
            best = Verdict.ALLOWED if Verdict.ALLOWED in (best, found) else Verdict.DELEGATED
    return best


@dataclass(frozen=True)
class Decision:
    """Whether a wish is granted, and if not, ``why`` in AWS's words (what follows "on resource: …")."""

    allowed: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(allowed=True)


def decide(
    wish: Wish,
    *,
    identity: Sequence[Document],
    boundary: Document | None = None,
    session: Document | None = None,
    resource: Sequence[Document] = (),
    needs_resource: bool = False,
) -> Decision:
    """The whole decision for a caller of the same account.

    A resource policy that names the caller is enough by itself; with ``needs_resource`` (roles to assume, KMS keys) the
    resource's policy must at least leave it to the account.
    """
    said = judge(resource, wish, identity=False)
    own = judge(identity, wish)
    limits = {"permissions boundary": boundary, "session policy": session}
    for name, verdict in (("a resource-based policy", said), ("an identity-based policy", own)):
        if verdict is Verdict.DENIED:
            return Decision(allowed=False, why=f" with an explicit deny in {name}")
    for name, limit in limits.items():
        if limit is not None and judge([limit], wish) is Verdict.DENIED:
            return Decision(allowed=False, why=f" with an explicit deny in a {name}")
    if said is Verdict.ALLOWED:
        return ALLOWED
    if needs_resource and said is Verdict.SILENT:
        return Decision(allowed=False, why=_because("resource-based policy", wish))
    if own is not Verdict.ALLOWED:
        return Decision(allowed=False, why=_because("identity-based policy", wish))
    for name, limit in limits.items():
        if limit is not None and judge([limit], wish) is not Verdict.ALLOWED:
            return Decision(allowed=False, why=_because(name, wish))
    return ALLOWED


def _because(kind: str, wish: Wish) -> str:
    return f" because no {kind} allows the {wish.action} action"
