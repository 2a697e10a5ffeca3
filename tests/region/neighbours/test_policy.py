"""Policies are evaluated as AWS documents it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tutor.region.neighbours.condition import conditions_hold
from tutor.region.neighbours.policy import Decision, Document, Verdict, Wish, decide, judge, matches

ROLE = "arn:aws:iam::123456789012:role/r"
SESSION = "arn:aws:sts::123456789012:assumed-role/r/s"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


def _document(effect: str = "Allow", **statement: Any) -> Document:
    return {"Statement": [{"Effect": effect, "Action": "*", "Resource": "*", **statement}]}


def _wish(action: str = "sqs:SendMessage", resource: str = QUEUE, **context: Any) -> Wish:
    held = {name.replace("__", ":").lower(): value for name, value in context.items()}
    return Wish(action, resource, held, (SESSION, ROLE), "123456789012")


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ({"Action": "sqs:SendMessage"}, Verdict.ALLOWED),
        ({"Action": "SQS:sendmessage"}, Verdict.ALLOWED),
        ({"Action": "sqs:Send*"}, Verdict.ALLOWED),
        ({"Action": ["s3:*", "sqs:*"]}, Verdict.ALLOWED),
        ({"Action": "sqs:SendMessag"}, Verdict.SILENT),
        ({"Action": "sqs:Receive*"}, Verdict.SILENT),
        ({"Resource": "arn:aws:sqs:*:*:q"}, Verdict.ALLOWED),
        ({"Resource": "arn:aws:sqs:*:*:?"}, Verdict.ALLOWED),
        ({"Resource": "arn:aws:sqs:*:*:Q"}, Verdict.SILENT),
        ({"Effect": "Deny"}, Verdict.DENIED),
        ({"Effect": "Deny", "Resource": "arn:aws:s3:::*"}, Verdict.SILENT),
    ],
)
def test_actions_and_resources(statement: Mapping[str, Any], verdict: Verdict) -> None:
    """Actions match whatever their case, resources by their case; ``*`` and ``?`` stand for texts and characters."""
    assert judge([_document(**statement)], _wish()) is verdict


def test_what_is_left_out() -> None:
    """``NotAction`` and ``NotResource`` mean everything else."""
    others: Document = {"Statement": {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::*"}}
    assert judge([others], _wish()) is Verdict.ALLOWED
    assert judge([others], _wish("iam:PassRole")) is Verdict.SILENT
    assert judge([others], _wish(resource="arn:aws:s3:::b")) is Verdict.SILENT


def test_an_explicit_deny_wins() -> None:
    """Whatever allows, in whatever order."""
    for documents in ([_document(), _document("Deny")], [_document("Deny"), _document()]):
        assert judge(documents, _wish()) is Verdict.DENIED


@pytest.mark.parametrize(
    ("operator", "wanted", "held", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", ["b", "a"], "a", True),
        ("StringEquals", "A", "a", False),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringNotEquals", "a", None, True),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringLike", "a*c", "abc", True),
        ("StringNotLike", "a*c", "abc", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericGreaterThanEquals", 10, "10", True),
        ("NumericEquals", "10", "no number", False),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "2027-01-15T08:00:00Z", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "1800000000", False),
        ("Bool", "true", "true", True),
        ("Bool", False, "true", False),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
        ("NotIpAddress", "10.0.0.0/8", "10.1.2.3", False),
        ("ArnLike", "arn:aws:s3:::buck*", "arn:aws:s3:::bucket", True),
        ("ArnEquals", "arn:aws:sns:*:123456789012:t", "arn:aws:sns:eu-west-1:123456789012:t", True),
        ("ArnLike", "arn:aws:*:t", "arn:aws:sns:eu-west-1:123456789012:t", False),
        ("Null", "true", None, True),
        ("Null", "true", "a", False),
        ("ForAnyValue:StringEquals", ["a", "b"], ["x", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "x"], False),
        ("ForAllValues:StringEquals", ["a", "b"], None, True),
        ("StringAlmostEquals", "a", "a", False),
    ],
)
def test_conditions(operator: str, wanted: Any, held: Any, holds: bool) -> None:
    """Each operator, negated and not, with the key there and not there."""
    context = {} if held is None else {"aws:key": held}
    assert conditions_hold({operator: {"aws:Key": wanted}}, context, str) is holds


def test_all_conditions_must_hold() -> None:
    """Several operators and several keys are all required."""
    conditions = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
    assert conditions_hold(conditions, {"a": "1", "b": "2", "c": "true"}, str)
    assert not conditions_hold(conditions, {"a": "1", "b": "3", "c": "true"}, str)


def test_variables() -> None:
    """A policy variable stands for the request's value; without one the statement does not apply."""
    document = _document(Resource="arn:aws:s3:::b/${aws:username}/*")
    assert judge([document], _wish(resource="arn:aws:s3:::b/u/x", aws__username="u")) is Verdict.ALLOWED
    assert judge([document], _wish(resource="arn:aws:s3:::b/v/x", aws__username="u")) is Verdict.SILENT
    assert judge([document], _wish(resource="arn:aws:s3:::b/u/x")) is Verdict.SILENT


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ("*", Verdict.ALLOWED),
        ({"AWS": "*"}, Verdict.ALLOWED),
        ({"AWS": ROLE}, Verdict.ALLOWED),
        ({"AWS": [SESSION]}, Verdict.ALLOWED),
        ({"AWS": "123456789012"}, Verdict.DELEGATED),
        ({"AWS": "arn:aws:iam::123456789012:root"}, Verdict.DELEGATED),
        ({"AWS": "arn:aws:iam::123456789012:role/other"}, Verdict.SILENT),
        ({"Service": "s3.amazonaws.com"}, Verdict.SILENT),
    ],
)
def test_principals(principal: Any, verdict: Verdict) -> None:
    """A resource policy names a caller by any of its names, or leaves it to the caller's account."""
    assert judge([_document(Principal=principal)], _wish(), identity=False) is verdict


def test_a_service_s_own_resource() -> None:
    """A service is let in for the resource that a condition names, and for no other."""
    condition = {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}, "StringEquals": {"aws:SourceAccount": "1"}}
    document = _document(Principal={"Service": "s3.amazonaws.com"}, Condition=condition)

    def said(bucket: str) -> Verdict:
        context = {"aws:sourcearn": f"arn:aws:s3:::{bucket}", "aws:sourceaccount": "1"}
        return judge([document], Wish("a:B", "*", context, service="s3.amazonaws.com"), identity=False)

    assert (said("bucket"), said("other")) == (Verdict.ALLOWED, Verdict.SILENT)


def _decided(**given: Any) -> Decision:
    return decide(_wish(), identity=given.pop("identity", ()), **given)


def test_decisions() -> None:
    """Identity or resource policy is enough; boundary and session policy limit; a key's policy must consent."""
    mine = _document(Principal={"AWS": ROLE})
    nobody = _document(Principal={"AWS": "arn:aws:iam::123456789012:role/other"})
    assert not _decided()
    assert _decided(identity=[_document()])
    assert _decided(resource=[mine])
    assert not _decided(identity=[_document()], boundary=_document(Action="s3:*"))
    assert not _decided(identity=[_document()], session=_document(Action="s3:*"))
    assert not _decided(identity=[_document()], resource=[nobody], needs_resource=True)
    assert _decided(identity=[_document()], resource=[nobody])


def test_reasons() -> None:
    """A denial says in AWS's words what was missing or what denied."""
    because = " because no identity-based policy allows the sqs:SendMessage action"
    assert _decided().why == because
    assert _decided(identity=[_document("Deny")]).why == " with an explicit deny in an identity-based policy"
    denied = _decided(identity=[_document()], resource=[_document("Deny", Principal="*")])
    assert denied.why == " with an explicit deny in a resource-based policy"
    limited = _decided(identity=[_document()], boundary=_document(Action="s3:*"))
    assert limited.why == " because no permissions boundary allows the sqs:SendMessage action"


def test_patterns_are_no_regular_expressions() -> None:
    """What means something in a regular expression means itself."""
    assert matches("a.c", "a.c")
    assert not matches("a.c", "abc")
    assert not matches("a", "ab")


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ("logs.amazonaws.com", Verdict.ALLOWED),
        ("logs.us-east-1.amazonaws.com", Verdict.ALLOWED),
        ("logs.eu-west-1.amazonaws.com", Verdict.SILENT),
        ("s3.us-east-1.amazonaws.com", Verdict.SILENT),
    ],
)
def test_a_service_may_be_named_with_its_region(principal: str, verdict: Verdict) -> None:
    """The name with a region stands for the service where the resource is, and nowhere else."""
    wish = Wish("sqs:SendMessage", QUEUE, {}, service="logs.amazonaws.com")
    assert judge([_document(Principal={"Service": principal})], wish, identity=False) is verdict
