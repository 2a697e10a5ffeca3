"""Decides as IAM does: what nobody allows is refused, and one Deny outweighs every Allow."""

from fnmatch import fnmatchcase


def lambda_handler(event, context):
    effects = [statement["effect"] for statement in event["statements"] if applies(statement, event)]
    if "Deny" in effects:
        return {"decision": "refused", "because": "a statement denies it"}
    if "Allow" in effects:
        return {"decision": "allowed", "because": "a statement allows it"}
    return {"decision": "refused", "because": "no statement allows it"}


def applies(statement, asked):
    return matches(statement["actions"], asked["action"]) and matches(statement["resources"], asked["resource"])


def matches(patterns, text):
    return any(fnmatchcase(text, pattern) for pattern in patterns)
