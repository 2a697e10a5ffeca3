"""A new question's files, with everything in them that it needs and ``…`` where its author has to write."""

from collections.abc import Mapping
from pathlib import Path

from tutor.content.fields import ID
from tutor.content.reading import folders_in
from tutor.content.shelf import Shelf
from tutor.errors import StoreError, UsageError
from tutor.study.blueprint import Blueprint
from tutor.usecases.nearest import did_you_mean

_HEAD = """\
title: …                                   # for lists, never shown beside the question
asks: {asks}
claims: [{prefix}-…]                        # data/claims/{topic}/claims.yaml, and others that it asks
domains: {{{domains}}}   # a content domain's number, or none
# tasks: {{DVA-C03: "1.2"}}                  # optional: a task that data/blueprints/ lists for that domain
difficulty: 2                              # 1 to 3
as_of: {today}
source: https://docs.aws.amazon.com/lambda/latest/dg/…
"""
_SEEDS = """\
# seeds: [{n: 2}, {n: 3}]                  # optional: sets of numbers, {{ given.n }} in texts, n= in observe
"""
_STEM = """\
# a situation with a goal and a constraint, then the question: 25 to 90 words
stem: >-
  …
choose: 1                                  # how many options are right; a run with another number is an error
"""
_GOAL = """\
goal: {answered: true}                     # what must be observed
least: none                                # cost | effort | none, where several options reach the goal
"""
_OPTIONS: Mapping[str, tuple[str, str, str]] = {
    "outcome": ("predicts: {status: …}", "It ended as {{ observed.status }}: …", "predicts: {status: …}"),
    "solution": ("change: {timeout: …}", "It ended as {{ observed.status }}: …", "change: {timeout: …}"),
    "fact": ("key: true", "…", "key: false"),
}
_EXPERIMENTS = {
    "function": '''\
"""… what is staged, and what the names that are observed mean."""

CODE = """
def lambda_handler(event, context):
    return "done"
"""


def observe(stage{given}):
    invocation = stage.function(CODE{spread}).invoke({{}})
    return {{"status": invocation.report.status, "answered": invocation.payload == "done"}}
''',
    "region": '''\
"""… what is staged in the region, and what the names that are observed mean."""

import io
import json
import zipfile

CODE = """
def lambda_handler(event, context):
    return "done"
"""
TRUST = {{"Effect": "Allow", "Principal": {{"Service": "lambda.amazonaws.com"}}, "Action": "sts:AssumeRole"}}
RIGHTS = {{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}}


def role(stage, *statements):
    """An execution role that may write logs, and what the statements say."""
    iam = stage.client("iam")
    trust = json.dumps({{"Version": "2012-10-17", "Statement": [TRUST]}})
    arn = iam.create_role(RoleName="orders", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    policy = json.dumps({{"Version": "2012-10-17", "Statement": [RIGHTS, *statements]}})
    iam.put_role_policy(RoleName="orders", PolicyName="rights", PolicyDocument=policy)
    return arn


def create(stage, code, **settings):
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("lambda_function.py", code)
    stage.client("lambda").create_function(
        FunctionName="orders",
        Role=role(stage),
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Code={{"ZipFile": package.getvalue()}},
        **settings,
    )
    stage.clock.drain()


def printed(stage, word):
    """The log lines with the word; a function that never ran has no log group."""
    logs = stage.client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        return []
    events = logs.filter_log_events(logGroupName="/aws/lambda/orders", filterPattern=word)["events"]
    return [event["message"] for event in events]


def observe(stage{given}):
    create(stage, CODE{settings})
    answer = stage.client("lambda").invoke(FunctionName="orders", Payload=b"{{}}")
    stage.clock.drain()
    answered = json.load(answer["Payload"]) == "done"
    return {{"status": answer["StatusCode"], "answered": answered, "lines": len(printed(stage, "START"))}}
''',
}


def write_question(shelf: Shelf, question_id: str, asks: str, today: str, *, region: bool) -> tuple[Path, ...]:
    """The files of the question, written beside the others of ``shelf``.

    Raises ``UsageError`` for an id that is none or taken, ``StoreError`` where nothing can be written.
    """
    topic, _, name = question_id.partition("/")
    root = shelf.root
    topics = {one.id: one for one in shelf.topics}
    if topic not in topics:
        raise UsageError(f"There is no topic {topic!r} in data/topics.yaml{did_you_mean(topic, topics)}.")
    if not ID.fullmatch(name):
        raise UsageError(f"{question_id!r} is no id: a topic, a slash, and lower-case words joined by hyphens.")
    taken = [folder.name for folder in folders_in(root / "scenarios" / topic)]
    if name in taken:
        raise UsageError(f"scenarios/{question_id}/ is there already: choose another name.")
    texts = {"scenario.yaml": _scenario(topic, topics[topic].prefix, asks, today, shelf.blueprints)}
    if asks != "fact":
        texts["experiment.py"] = _experiment(asks, region)
    return _written(root / "scenarios" / question_id, texts)


def _written(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    try:
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot write {folder} ({error.strerror}): work in a checkout that is yours.") from error
    return tuple(folder / name for name in texts)


def _scenario(topic: str, prefix: str, asks: str, today: str, blueprints: Mapping[str, Blueprint]) -> str:
    head = _HEAD.format(
        asks=asks,
        prefix=prefix,
        topic=topic,
        domains=", ".join(f"{name}: none" for name in blueprints),
        today=today,
    )
    seeds = "" if asks == "fact" else _SEEDS
    goal = _GOAL if asks == "solution" else ""
    right, why, wrong = _OPTIONS[asks]
    lines = [
        "options:                                   # four, one of them right; or five to six with two or three right"
    ]
    for number, way in enumerate((right, wrong, wrong, wrong), 1):
        mistake = ["    mistake: …                             # the known mistake, where the option is wrong"]
        lines += [f"  - id: option-{number}", "    text: …", f"    {way}"]
        lines += [] if asks == "fact" and number == 1 else mistake
        lines += [f'    why: "{why}"']
    return f"{head}{seeds}{_STEM}{goal}" + "\n".join(lines) + "\n"


def _experiment(asks: str, region: bool) -> str:
    solution = asks == "solution"
    return _EXPERIMENTS["region" if region else "function"].format(
        given=", change" if solution else "",
        spread=", **change" if solution else "",
        settings=', Timeout=change["timeout"]' if solution else "",
    )
