"""What the neighbours' tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.region.neighbours.neighbourhood import Lambda, neighbourhood, open_to
from tests.region.neighbours.street import Street


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    """A street with a queue ``q``."""
    functions = Lambda()
    with neighbourhood(tmp_path, functions=functions) as (neighbours, clock):
        policies = {"Policy": open_to("sns.amazonaws.com", "events.amazonaws.com", "s3.amazonaws.com")}
        neighbours.client("sqs").create_queue(QueueName="q", Attributes=policies)
        yield Street(neighbours, clock, functions)
