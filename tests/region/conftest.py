"""A region for each test: real handlers, a fast clock, and clients that speak to it as to AWS."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tutor import locations
from tutor.awslambda.quotas import Quotas
from tutor.awslambda.runtime import Runtimes
from tutor.content.quotas import read_quotas
from tutor.content.runtimes import read_runtimes
from tutor.region.clock import Clock, Mode
from tutor.region.region import Region
from tutor.region.server import Server
from tutor.sandbox.functions import SandboxedFunctions

BEGINNING = 1767225600.0  # 1 January 2026
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
Opens = Callable[..., Region]
Clients = Callable[..., Any]


@pytest.fixture(scope="session")
def quotas() -> Quotas:
    """The real numbers."""
    return read_quotas(locations.content_root())


@pytest.fixture(scope="session")
def runtimes() -> Runtimes:
    """The real runtimes and their dates."""
    return read_runtimes(locations.content_root())


def _opening(folder: Path, quotas: Quotas, runtimes: Runtimes) -> Iterator[Opens]:
    opened: list[Region] = []

    def opening(name: str = "test", mode: Mode = "fast", start: float | None = BEGINNING) -> Region:
        region = Region(
            folder / "regions" / name,
            clock=Clock(mode, start=start if mode == "fast" else None),
            quotas=quotas,
            runtimes=runtimes,
            sandbox=SandboxedFunctions(quotas),
        )
        opened.append(region)
        region.start()
        return region

    yield opening
    for region in opened:
        region.close()


@pytest.fixture
def opens(tmp_path: Path, quotas: Quotas, runtimes: Runtimes) -> Iterator[Opens]:
    """Opens regions by name, each closed at the end: ``opens("one")``, ``opens("one", mode="real")``."""
    yield from _opening(tmp_path, quotas, runtimes)


@pytest.fixture(scope="module")
def opens_for_module(tmp_path_factory: pytest.TempPathFactory, quotas: Quotas, runtimes: Runtimes) -> Iterator[Opens]:
    """The same for what all tests of a file share."""
    yield from _opening(tmp_path_factory.mktemp("module"), quotas, runtimes)


@pytest.fixture
def region(opens: Opens) -> Region:
    """A region with a fast clock that begins on 1 January 2026."""
    return opens()


@pytest.fixture
def served(region: Region) -> Iterator[Clients]:
    """Clients over HTTP: ``served("lambda")``, ``served("sqs", "eu-west-1")``; it retries nothing by itself."""
    with Server(region) as server:

        def client(service: str, aws_region: str = "us-east-1", key: str = "tutor", secret: str = "tutor") -> Any:
            config = Config(retries={"total_max_attempts": 1}, read_timeout=120)
            return boto3.client(
                service,
                region_name=aws_region,
                endpoint_url=server.url,
                aws_access_key_id=key,
                aws_secret_access_key=secret,
                config=config,
            )

        yield client


def zipped(code: str | Mapping[str, str], name: str = "lambda_function.py") -> bytes:
    """A deployment package; always the same bytes for the same files."""
    files = {name: code} if isinstance(code, str) else code
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for path, text in files.items():
            package.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def a_role(region: Region, name: str = "role", policies: Mapping[str, Any] | None = None) -> str:
    """An execution role that Lambda may assume. Its ARN. ``policies``: statements by name; None gives all rights."""
    iam = region.client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    given = {"all": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]} if policies is None else policies
    for policy, statements in given.items():
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)
    return arn


def a_function(
    region: Region, code: str, name: str = "f", role: str | None = None, **settings: Any
) -> Mapping[str, Any]:
    """Create a function in the region and wait until it is active. ``settings`` are CreateFunction's."""
    functions = region.client("lambda")
    made: Mapping[str, Any] = functions.create_function(
        FunctionName=name,
        Role=role or a_role(region, f"{name}-role"),
        Code={"ZipFile": zipped(code)},
        **{"Runtime": "python3.13", "Handler": "lambda_function.handler", **settings},
    )
    region.clock.drain()
    return made
