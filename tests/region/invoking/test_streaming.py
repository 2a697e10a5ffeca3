"""InvokeWithResponseStream of a function that streams: pieces as they are written, and how it ended."""

import base64
import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Clients, a_role
from tests.region.invoking.conftest import lines
from tutor.region.region import Region
from tutor.sandbox.interpreter import host_interpreter

RUNTIME = f"""#!/var/lang/{host_interpreter().executable} -ISu
import http.client, json, os, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
streaming = {{"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}}

def pieces(event):
    yield b"first"
    if event.get("waits"):
        time.sleep(600)
    yield b"s" * event.get("long", 1)
    if event.get("dies"):
        os._exit(3)

while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    response = api.getresponse()
    request, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(response.read())
    path = f"/2018-06-01/runtime/invocation/{{request}}/response"
    api.request("POST", path, pieces(event), streaming, encode_chunked=True)
    api.getresponse().read()
"""


@pytest.fixture
def client(region: Region, served: Clients) -> Any:
    """A client; the function ``f`` streams by a runtime of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        bootstrap = zipfile.ZipInfo("bootstrap", (2026, 1, 1, 0, 0, 0))
        bootstrap.external_attr = 0o755 << 16
        package.writestr(bootstrap, RUNTIME)
    made = served("lambda")
    made.create_function(
        FunctionName="f",
        Runtime="provided.al2023",
        Handler="any",
        Role=a_role(region),
        Code={"ZipFile": out.getvalue()},
        MemorySize=1769,
        Timeout=3,
    )
    region.clock.drain()
    return made


def parts(answer: Any) -> tuple[bytes, dict[str, Any]]:
    """The bytes of all pieces, and the members of the end."""
    events = list(answer["EventStream"])
    data = b"".join(event["PayloadChunk"]["Payload"] for event in events[:-1])
    return data, events[-1]["InvokeComplete"]


def test_pieces_arrive_whole(client: Any) -> None:
    """More than a buffered answer may have comes through, in order, with the log's tail at the end."""
    answer = client.invoke_with_response_stream(FunctionName="f", Payload=b'{"long": 7000000}', LogType="Tail")
    data, complete = parts(answer)
    assert data == b"first" + b"s" * 7_000_000
    assert "REPORT" in base64.b64decode(complete["LogResult"]).decode()
    assert "ErrorCode" not in complete


def test_the_first_piece_comes_before_the_end(client: Any) -> None:
    """A function that waits after its first piece has been heard by then; its timeout is told at the end."""
    answer = client.invoke_with_response_stream(FunctionName="f", Payload=b'{"waits": true}')
    stream = iter(answer["EventStream"])
    assert next(stream) == {"PayloadChunk": {"Payload": b"first"}}
    (complete,) = list(stream)
    assert complete["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert "Task timed out after 3.00 seconds" in complete["InvokeComplete"]["ErrorDetails"]


def test_an_end_in_the_middle(client: Any, region: Region) -> None:
    """What was written before the runtime died has arrived, and then the error."""
    data, complete = parts(client.invoke_with_response_stream(FunctionName="f", Payload=b'{"dies": true}'))
    assert data == b"firsts"
    assert complete["ErrorCode"] == "Unhandled"
    assert region.clock.drain(60)
    assert " f invoke failed: " in lines(region)[-1]


def test_a_throttle_is_no_stream(client: Any) -> None:
    """What is refused before it runs is refused as by Invoke."""
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError) as caught:
        client.invoke_with_response_stream(FunctionName="f")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
