"""A region that is served, with a role in it, and clients of its Lambda that check nothing themselves."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.region.conftest import Opens, a_role
from tests.region.operations.material import CODE, ROLE, Clients, Create
from tutor.region.region import Region
from tutor.region.server import Server


@pytest.fixture
def region(opens: Opens) -> Region:
    """A region with a fast clock and a role that may do everything, ``ROLE``."""
    opened = opens()
    assert a_role(opened) == ROLE
    return opened


@pytest.fixture
def clients(region: Region) -> Iterator[Clients]:
    """Makes boto3 clients of the served region's Lambda, by AWS region; what they send is checked there alone."""
    with Server(region) as server:

        def client(aws_region: str = "us-east-1") -> Any:
            return boto3.client(
                "lambda",
                region_name=aws_region,
                endpoint_url=server.url,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
            )

        yield client


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
