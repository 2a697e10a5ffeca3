"""A region ends when it is told to: what runs is not waited for, what is queued stays."""

import threading
import time

from botocore.exceptions import ClientError

from tests.region.conftest import Opens, a_function

SLEEPS = "import time\ndef handler(event, context):\n    print('begun', flush=True)\n    time.sleep(600)\n"


def test_a_handler_that_runs_is_not_waited_for(opens: Opens) -> None:
    """Closing ends it at once, and its caller is told; an event that ran is run again at the next start."""
    region = opens("closing", mode="real")
    a_function(region, SLEEPS, Timeout=900)
    functions = region.client("lambda")
    refused: list[str] = []

    def call() -> None:
        try:
            functions.invoke(FunctionName="f")
        except ClientError as error:
            refused.append(error.response["Error"]["Code"])

    caller = threading.Thread(target=call)
    caller.start()
    functions.invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    while region.invoking.usage("us-east-1", "f").of_function < 2:
        time.sleep(0.02)
    began = time.monotonic()
    region.close()
    caller.join(60)
    assert not caller.is_alive()
    assert time.monotonic() - began < 300  # the handler sleeps for longer
    assert refused == ["ServiceException"]
    again = opens("closing")
    assert [event.name for event in again.invoking.waiting()] == ["f"]


def test_region_time_goes_on_where_it_was_left(opens: Opens) -> None:
    """A fast clock that was days ahead does not go back at the next start."""
    region = opens("later")
    region.clock.advance(86_400)
    left = region.clock.now()
    region.close()
    assert opens("later").clock.now() == left
