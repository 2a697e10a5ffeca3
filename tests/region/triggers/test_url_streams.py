"""Function URLs whose answers are streamed: the prelude, and every piece as it is written."""

import http.client
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from tests.region.conftest import Clients, a_role
from tutor.region.region import Region
from tutor.sandbox.interpreter import host_interpreter

RUNTIME = f"""#!/var/lang/{host_interpreter().executable} -ISu
import http.client, json, os, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
STREAMING = {{"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}}
WITH_PRELUDE = {{**STREAMING, "Content-Type": "application/vnd.awslambda.http-integration-response"}}

def pieces(path):
    if path == "/prelude":
        head = {{"statusCode": 207, "headers": {{"X-Made": "here", "Content-Type": "text/plain"}}, "cookies": ["a=1"]}}
        text = json.dumps(head).encode() + bytes(8) + b"be"
        yield text[:20]
        yield text[20:]
        yield b"gun"
    elif path == "/broken":
        yield b"no prelude"
    else:
        yield b"first"
        if path == "/waits":
            time.sleep(600)
        yield b"second"

while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    response = api.getresponse()
    request, event = response.headers["Lambda-Runtime-Aws-Request-Id"], json.loads(response.read())
    asked = event["rawPath"]
    if asked == "/dies":
        os._exit(3)
    path = f"/2018-06-01/runtime/invocation/{{request}}/response"
    if asked == "/whole":
        api.request("POST", path, b'{{"statusCode": 201}}')
    elif asked == "/typed":
        api.request("POST", path, pieces(asked), {{**STREAMING, "Content-Type": "text/html"}}, encode_chunked=True)
    else:
        mode = WITH_PRELUDE if asked in ("/prelude", "/broken") else STREAMING
        api.request("POST", path, pieces(asked), mode, encode_chunked=True)
    api.getresponse().read()
"""


@pytest.fixture
def url(region: Region, served: Clients) -> str:
    """The address of a function that streams, open to everybody and to pages of one origin."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        bootstrap = zipfile.ZipInfo("bootstrap", (2026, 1, 1, 0, 0, 0))
        bootstrap.external_attr = 0o755 << 16
        package.writestr(bootstrap, RUNTIME)
    functions = served("lambda")
    functions.create_function(
        FunctionName="f", Runtime="provided.al2023", Handler="any", Role=a_role(region), Timeout=900,
        Code={"ZipFile": out.getvalue()}, MemorySize=1769,
    )  # fmt: skip
    region.clock.drain()
    made = functions.create_function_url_config(
        FunctionName="f", AuthType="NONE", InvokeMode="RESPONSE_STREAM", Cors={"AllowOrigins": ["https://page"]}
    )
    for action, more in (("InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}), ("InvokeFunction", {})):
        functions.add_permission(FunctionName="f", StatementId=action, Action=f"lambda:{action}", Principal="*", **more)
    return str(made["FunctionUrl"])


@contextmanager
def ask(url: str, path: str, headers: Mapping[str, str] | None = None) -> Iterator[http.client.HTTPResponse]:
    """The response to a request, of which no more than the head was read."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        connection.request("GET", path, headers=dict(headers or {}))
        with connection.getresponse() as answer:
            yield answer


def test_a_prelude_gives_status_headers_and_cookies(url: str) -> None:
    """It may come in pieces of its own; CORS headers are put to it; the body begins behind it."""
    with ask(url, "/prelude", {"Origin": "https://page"}) as answer:
        assert answer.status == 207
        assert (answer.headers["X-Made"], answer.headers["Content-Type"]) == ("here", "text/plain")
        assert answer.headers["Set-Cookie"] == "a=1"
        assert answer.headers["Access-Control-Allow-Origin"] == "https://page"
        assert answer.read() == b"begun"


def test_a_piece_comes_while_the_function_runs(url: str, region: Region) -> None:
    """What was written is there although the function has not ended, and will not for ten minutes."""
    with ask(url, "/waits") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/octet-stream")
        assert answer.read1(100) == b"first"
        assert region.invoking.done == ()
    region.close()


@pytest.mark.parametrize(
    ("path", "status", "kind", "body"),
    [
        ("/typed", 200, "text/html", b"firstsecond"),
        ("/whole", 200, "application/octet-stream", b'{"statusCode": 201}'),
        ("/dies", 502, "application/json", b"Internal Server Error"),
        ("/broken", 502, "application/json", b"Internal Server Error"),
    ],
)
def test_answers_without_a_prelude(url: str, path: str, status: int, kind: str, body: bytes) -> None:
    """A stream has the runtime's type; what is not streamed goes out as it is; what fails before it begins is a 502."""
    with ask(url, path) as answer:
        assert (answer.status, answer.headers["Content-Type"], answer.read()) == (status, kind, body)
