"""A region served on a free port, and clients of it. No function runs here: what would run them only listens."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.fakes.quotas import QUOTAS
from tests.region.operations.material import CODE, ROLE, TRUST, Clients, Create
from tutor.awslambda.runtime import Runtimes
from tutor.content.runtimes import read_runtimes
from tutor.region.api.api import Api
from tutor.region.api.listener import Listener
from tutor.region.call import ADMINISTRATOR
from tutor.region.clock import Clock
from tutor.region.operations import operations
from tutor.region.region import Region
from tutor.sandbox.functions import SandboxedFunctions

ROOT = Path(__file__).resolve().parents[3]


class Announced:
    """Notes what would end environments: functions changed and removed."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def changed(self, key: str) -> None:
        self.told.append(("changed", key))

    def removed(self, key: str) -> None:
        self.told.append(("removed", key))

    def close(self) -> None:
        """Nothing runs."""


@pytest.fixture(scope="session")
def runtimes() -> Runtimes:
    """The dates of the project itself."""
    return read_runtimes(ROOT)


@pytest.fixture
def open_region(tmp_path: Path, runtimes: Runtimes) -> Iterator[Callable[..., Region]]:
    """Opens regions under the test's folder, on the fast clock, and closes them."""
    opened: list[Region] = []

    def open_it(name: str = "one", mode: Any = "fast") -> Region:
        clock = Clock(mode)
        region = Region(
            tmp_path / name, clock=clock, quotas=QUOTAS, runtimes=runtimes, sandbox=SandboxedFunctions(QUOTAS)
        )
        region.__dict__["invoking"] = Announced()
        opened.append(region)
        return region

    yield open_it
    for region in opened:
        region.close()


@pytest.fixture
def region(open_region: Callable[..., Region]) -> Region:
    """One region with the role ``role`` in it."""
    opened = open_region()
    opened.neighbours.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(TRUST))
    return opened


@pytest.fixture
def serve() -> Iterator[Callable[[Region], str]]:
    """Serves a region's Lambda on a free port. Returns the address."""
    listeners: list[Listener] = []

    def serve_it(region: Region) -> str:
        listener = Listener()
        listeners.append(listener)
        api = Api({name: _bound(region, name) for name in operations()}, lambda _: ADMINISTRATOR)
        region.endpoint = listener.listen(api.answer).address
        return region.endpoint

    yield serve_it
    for listener in listeners:
        listener.close()


def _bound(region: Region, name: str) -> Any:
    return lambda call: operations()[name](region, call)


@pytest.fixture
def clients(region: Region, serve: Callable[[Region], str]) -> Clients:
    """Makes boto3 clients of the served region's Lambda, by AWS region."""
    address = serve(region)

    def client(aws_region: str = "us-east-1") -> Any:
        return boto3.client(
            "lambda",
            region_name=aws_region,
            endpoint_url=address,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, parameter_validation=False),
        )

    return client


@pytest.fixture
def client(clients: Clients) -> Any:
    """A boto3 client of the served region's Lambda in us-east-1."""
    return clients()


@pytest.fixture
def create(client: Any, region: Region) -> Create:
    """Creates a function and waits until it is at rest. Returns what CreateFunction answered."""

    def create_it(name: str = "fn", **settings: Any) -> dict[str, Any]:
        whole = {"Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": CODE}, **settings}
        answer: dict[str, Any] = client.create_function(FunctionName=name, **whole)
        region.clock.drain(10)
        return answer

    return create_it
