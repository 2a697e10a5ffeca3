"""What a Region puts around an environment: names, variables, and doors to what it serves outside."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create, configuration
from tests.sandbox.test_ordinary_user import USER, python_of
from tutor import locations
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.awslambda.quotas import Quotas
from tutor.errors import HostError, ServiceError
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions
from tutor.sandbox.node import host_node
from tutor.sandbox.surroundings import Door, Surroundings
from tutor.sandbox.tier import VARIABLE

ASK = """
import socket
def ask(place, word):
    with socket.create_connection(place) as connection:
        connection.sendall(word)
        return connection.recv(100).decode()
"""


class Echo:
    """Serves doors: answers everything with itself in capitals, on each connection as long as it lasts."""

    def __init__(self) -> None:
        self.served: list[socket.socket] = []
        self.closed = 0
        self._connections: list[socket.socket] = []

    def __call__(self, listener: socket.socket) -> Callable[[], None]:
        """Take a listening socket over."""
        self.served.append(listener)
        accepting = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        accepting.start()

        def close() -> None:
            self.closed += 1
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            listener.close()
            for connection in self._connections:
                connection.close()

        return close

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    @staticmethod
    def _answer(connection: socket.socket) -> None:
        try:
            while word := connection.recv(100):
                connection.sendall(word.upper())
        except OSError:
            pass  # the environment has ended


@pytest.fixture
def echo() -> Echo:
    """Somebody who serves doors."""
    return Echo()


Around = Callable[..., SandboxedFunction]


@pytest.fixture
def around(create: Create, quotas: Quotas) -> Iterator[Around]:
    """Makes functions with surroundings."""
    create("").close()  # skips where there is no sandbox
    made: list[SandboxedFunction] = []

    def make(code: str | Path, surroundings: Surroundings, **settings: Any) -> SandboxedFunction:
        files = {"app.py": code} if isinstance(code, str) else code
        function = SandboxedFunctions(quotas).create(files, configuration(**settings), surround=lambda: surroundings)
        made.append(function)
        return function

    yield make
    for function in made:
        function.close()


def test_names_and_variables(around: Around) -> None:
    """Log group, stream and reserved variables come from the Region; its defaults give way to the function's own."""
    code = "import os\ndef handler(event, context): return [context.log_group_name, context.log_stream_name, *map(os.environ.get, event)]"
    surroundings = Surroundings(
        log_group="/elsewhere",
        log_stream="a/stream",
        variables={"AWS_ACCESS_KEY_ID": "AKIATHEROLE", "AWS_LAMBDA_FUNCTION_NAME": "another"},
        defaults={"AWS_ENDPOINT_URL": "http://127.0.0.1:9330", "AWS_PROFILE": "region"},
    )
    own = {"AWS_PROFILE": "own"}
    function = around(code, surroundings, environment=own, region="eu-west-1", function_name="mine", version="7")
    names = ["AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_REGION", "AWS_LAMBDA_FUNCTION_VERSION"]
    found = function.invoke(names)
    assert found.payload == ["/elsewhere", "a/stream", "AKIATHEROLE", "http://127.0.0.1:9330", "own", "eu-west-1", "7"]
    assert (found.log_group, found.log_stream) == ("/elsewhere", "a/stream")


def test_each_environment_asks_anew(create: Create, quotas: Quotas) -> None:
    """Credentials can be another environment's: what is around one is asked for when it is made."""
    create("").close()  # skips where there is no sandbox
    asked: list[Surroundings] = []

    def surround() -> Surroundings:
        asked.append(Surroundings(variables={"AWS_SESSION_TOKEN": f"token {len(asked)}"}))
        return asked[-1]

    code = "import os\ndef handler(event, context): return os.environ['AWS_SESSION_TOKEN']"
    function = SandboxedFunctions(quotas).create({"app.py": code}, configuration(), surround=surround)
    assert [function.invoke().payload, function.invoke().payload] == ["token 0", "token 0"]
    function.renew()
    assert function.invoke().payload == "token 1"
    function.close()
    assert len(asked) == 2


def test_what_is_around_does_not_count_into_the_four_kilobytes(around: Around) -> None:
    """The function's own variables may fill their 4 KB beside what the Region sets."""
    surroundings = Surroundings(defaults={"LONG_ONE": "x" * 3000}, variables={"LONG_TOO": "x" * 3000})
    code = "import os\ndef handler(event, context): return len(os.environ['LONG_ONE']) + len(os.environ['OWN_ONE'])"
    assert around(code, surroundings, environment={"OWN_ONE": "y" * 4000}).invoke().payload == 7000


def test_a_request_names_the_invocation(around: Around) -> None:
    """Request id, invoked ARN, client context and trace are the caller's; bytes are handed over as they are."""
    code = (
        "import os\ndef handler(event, context):\n"
        "    return [event, context.aws_request_id, context.invoked_function_arn, os.environ['_X_AMZN_TRACE_ID'],\n"
        "            context.identity.cognito_identity_id]\n"
    )
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:f:live"
    identity = {"cognitoIdentityId": "somebody"}
    request = InvocationRequest("an-id", arn, trace_header=trace, cognito_identity=identity)
    found = around(code, Surroundings()).invoke(b'{"b":  1}', request)
    assert found.payload == [{"b": 1}, "an-id", arn, trace, "somebody"]
    assert found.report.request_id == "an-id"
    assert json.loads(found.body) == found.payload
    broken = around("def handler(event, context): return 1", Surroundings()).invoke(b"{")
    assert broken.error_type == "Runtime.UnmarshalError"
    with pytest.raises(ServiceError, match="6291456"):
        around(code, Surroundings()).invoke(b'"' + b"x" * (6 << 20) + b'"')


def test_the_body_is_what_the_runtime_sent(around: Around) -> None:
    """Byte for byte, and compact JSON where Lambda itself words the document."""
    function = around(
        "import os\ndef handler(event, context): return {'a': 1} if event else os._exit(1)", Surroundings()
    )
    assert function.invoke(1).body == b'{"a": 1}'
    assert function.invoke(0).body.startswith(b'{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ')


def test_doors_are_served_outside(around: Around, echo: Echo) -> None:
    """An address and port inside lead to whoever serves the door, also an address that is not loopback's; no other is there."""
    code = ASK + (
        "def handler(event, context):\n"
        "    found = [ask(('127.0.0.1', 9330), b'one'), ask(('10.0.3.7', 443), b'two')]\n"
        "    for place in (('10.0.3.8', 443), ('10.0.3.7', 80)):\n"
        "        try: found.append(ask(place, b'none'))\n"
        "        except OSError as error: found.append(error.errno)\n"
        "    return found\n"
    )
    function = around(code, Surroundings(doors=(Door("127.0.0.1", 9330, echo), Door("10.0.3.7", 443, echo))))
    assert function.invoke().payload == ["ONE", "TWO", 101, 111]
    assert len(echo.served) == 2


def test_connections_outlive_a_freeze_and_doors_a_reset(around: Around, echo: Echo) -> None:
    """A connection that is open between two events goes on with the next; after a crash the same door is there."""
    code = ASK + (
        "import os\nkept = socket.create_connection(('127.0.0.1', 9330))\n"
        "def handler(event, context):\n"
        "    if event == 'exit': os._exit(1)\n"
        "    kept.sendall(event.encode())\n"
        "    return kept.recv(100).decode()\n"
    )
    function = around(code, Surroundings(doors=(Door("127.0.0.1", 9330, echo),)), timeout=10)
    assert [function.invoke(word).payload for word in ("a", "b", "c")] == ["A", "B", "C"]
    assert function.invoke("exit").error_type == "Runtime.ExitError"
    assert function.invoke("d").payload == "D"
    assert len(echo.served) == 1


def test_each_environment_has_doors_of_its_own_and_they_end_with_it(around: Around, echo: Echo) -> None:
    """Whoever serves is told of the end, once for each door, and may then let go of what kept the network."""
    code = ASK + "def handler(event, context): return ask(('127.0.0.1', 9330), b'x')\n"
    function = around(code, Surroundings(doors=(Door("127.0.0.1", 9330, echo),)))
    for _ in range(2):
        assert function.invoke().payload == "X"
        function.renew()
    assert (len(echo.served), echo.closed) == (2, 2)
    function.close()
    assert echo.closed == 2


def test_a_door_that_cannot_be_had(around: Around, echo: Echo) -> None:
    """The Runtime API's own place cannot be taken: that is told, and nothing is left half open."""
    doors = (Door("127.0.0.1", 9330, echo), Door("127.0.0.1", 9001, echo))
    with pytest.raises(HostError, match="in use"):
        around("def handler(event, context): pass", Surroundings(doors=doors)).invoke()
    assert echo.closed == len(echo.served) == 1


def test_a_custom_runtime_and_nodejs_reach_doors(around: Around, echo: Echo, tmp_path: Path) -> None:
    """Doors are the environment's, whatever runs in it."""
    surroundings = Surroundings(doors=(Door("127.0.0.1", 9330, echo),), defaults={"AT": "127.0.0.1"})
    python = "#!/var/lang/bin/python3\n"
    bootstrap = (
        python
        + ASK
        + (
            "import os, urllib.request as web\n"
            "api = f\"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/\"\n"
            "while True:\n"
            "    event = web.urlopen(api + 'next')\n"
            "    found = ask((os.environ['AT'], 9330), event.read())\n"
            "    web.urlopen(api + event.headers['Lambda-Runtime-Aws-Request-Id'] + '/response', found.encode())\n"
        )
    )
    (tmp_path / "bootstrap").write_text(bootstrap)
    (tmp_path / "bootstrap").chmod(0o755)
    assert around(tmp_path, surroundings, runtime="provided.al2023", timeout=10).invoke("a").payload == "A"
    if host_node() is None:
        pytest.skip("this host has no Node.js")
    (tmp_path / "index.mjs").write_text(
        "import net from 'node:net';\n"
        "export const handler = (event) => new Promise((done) => {\n"
        "  const to = net.connect(9330, process.env.AT, () => to.write(event));\n"
        "  to.on('data', (data) => { to.destroy(); done(data.toString()); });\n"
        "});\n"
    )
    node = {"runtime": "nodejs22.x", "handler": "index.handler", "timeout": 10, "memory_size": 512}
    assert around(tmp_path, surroundings, **node).invoke("a").payload == "A"


def test_the_portable_tier_says_that_it_has_no_doors(
    quotas: Quotas, monkeypatch: pytest.MonkeyPatch, echo: Echo
) -> None:
    """Without a network of its own a function runs all the same, and the invocation says what it cannot reach."""
    monkeypatch.setenv(VARIABLE, "portable")
    surroundings = Surroundings(doors=(Door("127.0.0.1", 9330, echo),))
    function = SandboxedFunctions(quotas).create(
        {"app.py": "def handler(event, context): return 1"}, configuration(), surround=lambda: surroundings
    )
    found = function.invoke()
    function.close()
    assert (found.payload, echo.served) == (1, [])
    assert "nothing is served at 127.0.0.1:9330" in found.notes[0]


USERS = """
import json, os, socket, sys, threading
sys.path.insert(0, sys.argv[1])
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.quotas import Quotas
from tutor.sandbox.functions import SandboxedFunctions
from tutor.sandbox.surroundings import Door, Surroundings
def serve(listener):
    def answer():
        while True:
            try: connection, _ = listener.accept()
            except OSError: return
            with connection: connection.sendall(b"hello")
    thread = threading.Thread(target=answer)
    thread.start()
    def close():
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()
    return close
doors = tuple(Door(address, 9330, serve) for address in ("127.0.0.1", "10.0.3.7"))
functions = SandboxedFunctions(Quotas(**json.loads(sys.argv[2])))
settings = FunctionConfiguration("app.handler", 1769, 5, 512, "python3", {"AWS_LAMBDA_EXEC_WRAPPER": "/usr/bin/env"})
function = functions.create({"app.py": sys.argv[3]}, settings, surround=lambda: Surroundings(doors=doors))
ahead = function.provision(2)
found = [function.invoke(), function.invoke()]
function.close()
print(json.dumps([[one.succeeded for one in ahead], *([one.payload, one.initialization_type] for one in found)]))
"""
REACHES = """
import socket
def handler(event, context):
    return [socket.create_connection((address, 9330)).recv(9).decode() for address in ("127.0.0.1", "10.0.3.7")]
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="the suite runs as an ordinary user already")
def test_an_ordinary_user_has_doors_wrappers_and_provisioned_environments(create: Create, quotas: Quotas) -> None:
    """None of it needs root."""
    create("").close()  # skips where there is no sandbox
    python = python_of(USER)
    if python is None:
        pytest.skip("no interpreter of this host can be run by an ordinary user")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(locations.PACKAGE, Path(folder, "tutor"), ignore=shutil.ignore_patterns("__pycache__"))
        command = [python, "-c", USERS, folder, json.dumps(asdict(quotas)), REACHES]
        environment = {"TUTOR_HOME": f"{folder}/home", "PYTHONDONTWRITEBYTECODE": "1"}
        ran = subprocess.run(
            command, user=USER, group=USER, extra_groups=[], capture_output=True, text=True, env=environment, cwd="/"
        )
    assert ran.returncode == 0, ran.stderr
    served = [["hello", "hello"], "provisioned-concurrency"]
    assert json.loads(ran.stdout) == [[True, True], served, served]
