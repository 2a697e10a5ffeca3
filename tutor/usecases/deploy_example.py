"""Put code of the course into a region: a lesson's example, or the learner's own copy of a lab, as a function."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tutor.errors import ContentError, ServiceError, UsageError
from tutor.study.course import FunctionSettings, Lesson
from tutor.usecases.aws_refusal import aws_refusals
from tutor.usecases.library import Library
from tutor.usecases.open_region import OpenRegion
from tutor.usecases.staging import HOST_RUNTIME
from tutor.usecases.workspace import Workspace

ROLE = "tutor-example-role"
"""The execution role of what is deployed here: Lambda may assume it, and it may write logs."""

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
_LOGS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "*",
        },
    ],
}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell


@dataclass(frozen=True)
class Deployable:
    """Code that can become a function. ``event`` is JSON: one that it was written for."""

    id: str  # of the lesson or the lab
    kind: Literal["lesson", "lab"]
    title: str
    folder: Path
    settings: FunctionSettings
    event: str

    @property
    def function_name(self) -> str:
        """The last part of the id."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True)
class DeployExample:
    """Finds what can be deployed, and deploys it as a client of AWS would: role, layers, function."""

    library: Library
    workspace: Workspace

    def deployables(self) -> tuple[Deployable, ...]:
        """Each lesson's example and each lab of which there is a copy, in the course's order.

        A lesson that is broken is left out; the lesson itself tells what is wrong with it.
        """
        return tuple(self._all())

    def _all(self) -> Iterator[Deployable]:
        for unit in self.library.course_map().units:
            for number, entry in enumerate(unit.lessons, 1):
                try:
                    lesson = self.library.lesson(entry.id)
                except (ContentError, UsageError):
                    continue
                yield from self._of_lesson(lesson, f"{unit.number}.{number}")

    def _of_lesson(self, lesson: Lesson, number: str) -> Iterator[Deployable]:
        example = lesson.example
        event = _event(example.runs[0].event if example.runs else {})
        title = f"{number}  example  {lesson.title}"
        yield Deployable(lesson.id, "lesson", title, example.folder, example.function, event)
        for lab in lesson.labs:
            if lab.staging is None and self.workspace.begun(lab.id):
                folder = self.workspace.folder(lab.id)
                event = _event(lab.runs[0].event if lab.runs else {})
                yield Deployable(lab.id, "lab", f"{number}  your lab  {lab.title}", folder, lab.function, event)

    def deploy(self, region: OpenRegion, deployable: Deployable) -> str:
        """Make the function, or give the one that was made from the same place its code again. Its name.

        Raises ``ServiceError`` for what AWS refuses, ``UsageError`` where the name is another function's.
        """
        with aws_refusals():
            functions = region.client("lambda")
            name, package = deployable.function_name, zipped(deployable.folder, deployable.settings.layers)
            known = _described(functions, name)
            if known is None:
                self._create(region, functions, deployable, package)
            elif known == _description(deployable):
                functions.update_function_code(FunctionName=name, ZipFile=package)
            else:
                raise UsageError(f"There is a function {name!r} already, made by somebody else: delete or keep it.")
        return name

    def _create(self, region: OpenRegion, functions: Any, deployable: Deployable, package: bytes) -> None:
        settings = deployable.settings
        logging: dict[str, str] = {"LogFormat": settings.logging_format}
        if settings.application_log_level:
            logging["ApplicationLogLevel"] = settings.application_log_level
        functions.create_function(
            FunctionName=deployable.function_name,
            Description=_description(deployable),
            Role=_role(region.client("iam")),
            Runtime=settings.runtime or HOST_RUNTIME,
            Handler=settings.handler,
            MemorySize=settings.memory_size,
            Timeout=settings.timeout,
            EphemeralStorage={"Size": settings.ephemeral_storage},
            Environment={"Variables": dict(settings.environment)},
            LoggingConfig=logging,
            Layers=_layers(functions, deployable),
            Code={"ZipFile": package},
        )


def _event(event: Any) -> str:
    return json.dumps(event, ensure_ascii=False)


def _description(deployable: Deployable) -> str:
    return f"from the course: {deployable.kind} {deployable.id}"


def _described(functions: Any, name: str) -> str | None:
    """The description of a function; None where there is no such function."""
    try:
        with aws_refusals():
            return str(functions.get_function_configuration(FunctionName=name).get("Description", ""))
    except ServiceError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise


def _role(iam: Any) -> str:
    """The execution role's ARN; the role is made where it is not there."""
    try:
        with aws_refusals():
            return str(iam.get_role(RoleName=ROLE)["Role"]["Arn"])
    except ServiceError as error:
        if error.code != "NoSuchEntity":
            raise
    arn = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=ROLE, PolicyName="logs", PolicyDocument=json.dumps(_LOGS))
    return str(arn)


def _layers(functions: Any, deployable: Deployable) -> list[str]:
    """Publish the layers that lie beside the code; their ARNs."""
    published = []
    for layer in deployable.settings.layers:
        name = f"{deployable.function_name}-{Path(layer).name}"
        content = {"ZipFile": zipped(deployable.folder / layer)}
        published.append(functions.publish_layer_version(LayerName=name, Content=content)["LayerVersionArn"])
    return published


def zipped(folder: Path, without: tuple[str, ...] = ()) -> bytes:
    """The folder as a zip, the same bytes for the same files; what lies below the folders ``without`` is left out.

    Raises ``UsageError`` where there is nothing to pack.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            outside = any(name.is_relative_to(other) for other in without)
            if path.is_file() and not outside and "__pycache__" not in name.parts:
                entry = zipfile.ZipInfo(str(name), _LONG_AGO)
                entry.external_attr = path.stat().st_mode << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
        if not archive.namelist():
            raise UsageError(f"There is no file in {folder} to deploy.")
    return out.getvalue()
