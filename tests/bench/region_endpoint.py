"""The region's endpoint: its first answer, warm invokes as boto3 sees them (one, a crowd, long ones), many functions.

The baseline of an invoke is boto3 with the same call to a minimal HTTP server, in a process of its own like the region.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from tests.bench.functions import told
from tests.bench.table import Row
from tutor.sandbox.interpreter import host_interpreter

_FUNCTIONS = 1000
_PART = 100
_MINIMAL = """
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"""
_CROWD = 8
_CLIENT = """
import sys, time
from tests.bench.region_endpoint import _client, _invoke
client, calls = _client("lambda", sys.argv[1]), int(sys.argv[2])
_invoke(client)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(calls):
    _invoke(client)
"""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def rows(rounds: int) -> Iterator[Row]:
    """First answers, warm invokes in turns with the baseline, then the functions."""
    starts = [_first_answer() for _ in range(max(3, rounds // 10))]
    yield Row("tutor region, from start to first answer", "ms", starts, aim=1000, judged="p50")
    with _region() as region, _minimal() as minimal:
        _create(region)
        yield _invokes(region, minimal, rounds)
        yield _crowd(region, minimal, rounds)
        for size in (1_000_000, 6_000_000):
            yield _long(region, minimal, size, max(5, rounds // 4))
        yield from _thousand(region)


def _first_answer() -> float:
    began = time.perf_counter()
    with _region() as region:
        region.list_functions()
        return (time.perf_counter() - began) * 1000


def _invokes(region: Any, minimal: Any, rounds: int) -> Row:
    told("warm invokes over HTTP")
    ours, theirs = [], []
    for client in (region, minimal):
        for _ in range(20):
            _invoke(client)
    for _ in range(rounds * 10):
        ours.append(_invoke(region))
        theirs.append(_invoke(minimal))
    return Row("boto3 invoke, warm, through the endpoint", "ms", ours, "boto3, a minimal HTTP server", theirs, 1.5)


def _invoke(client: Any, payload: bytes = b"{}") -> float:
    began = time.perf_counter()
    answer = client.invoke(FunctionName="f", Payload=payload)["Payload"].read()
    took = (time.perf_counter() - began) * 1000
    if answer != payload:
        raise AssertionError(f"{answer[:100]!r}")
    return took


def _crowd(region: Any, minimal: Any, rounds: int) -> Row:
    told("invokes of a crowd")
    pairs = [(_rate(region, rounds * 5), _rate(minimal, rounds * 5)) for _ in range(3)]
    name = f"boto3 invoke, {_CROWD} clients at once"
    return Row(name, "/s", [ours for ours, _ in pairs], "boto3, a minimal HTTP server", [theirs for _, theirs in pairs])


def _rate(client: Any, calls: int) -> float:
    """Calls a second of clients in processes of their own, together."""
    command = [sys.executable, "-c", _CLIENT, client.meta.endpoint_url, str(calls)]
    crowd = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(_CROWD)]
    for one in crowd:
        assert one.stdout is not None
        one.stdout.readline()
    began = time.perf_counter()
    for one in crowd:
        one.communicate("go\n")
    if any(one.returncode for one in crowd):
        raise AssertionError("a call of the crowd failed")
    return _CROWD * calls / (time.perf_counter() - began)


def _long(region: Any, minimal: Any, size: int, rounds: int) -> Row:
    payload = b'"' + b"x" * (size - 2) + b'"'
    pairs = [(_invoke(region, payload), _invoke(minimal, payload)) for _ in range(rounds)]
    name = f"boto3 invoke, {size // 1_000_000} MB there and back"
    return Row(name, "ms", [ours for ours, _ in pairs], "boto3, a minimal HTTP server", [theirs for _, theirs in pairs])


def _thousand(region: Any) -> Iterator[Row]:
    """The last hundred creations beside the first hundred, and a listing of all."""
    times = []
    for number in range(_FUNCTIONS):
        if number % _PART == 0:
            told(f"{number} functions")
        began = time.perf_counter()
        _create(region, f"f{number:04}")
        times.append((time.perf_counter() - began) * 1000)
    name = f"function {_FUNCTIONS - _PART} to {_FUNCTIONS}, created"
    yield Row(name, "ms", times[-_PART:], "the first hundred", times[:_PART], 1.5)
    began = time.perf_counter()
    count = sum(len(page["Functions"]) for page in region.get_paginator("list_functions").paginate())
    if count <= _FUNCTIONS:
        raise AssertionError(f"{count} functions were listed")
    yield Row("all of them listed, each", "ms", [(time.perf_counter() - began) * 1000 / count])


def _create(region: Any, name: str = "f") -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("lambda_function.py", "def handler(event, context):\n    return event\n")
    region.create_function(
        FunctionName=name,
        Role=_role(region),
        Runtime=f"python{host_interpreter().version}",
        Handler="lambda_function.handler",
        MemorySize=1769,
        Code={"ZipFile": out.getvalue()},
    )
    if name == "f":
        region.get_waiter("function_active_v2").wait(FunctionName=name)


def _role(region: Any) -> str:
    arn = "arn:aws:iam::123456789012:role/bench"
    if not getattr(region, "bench_role", False):
        iam = _client("iam", region.meta.endpoint_url)
        iam.create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(_TRUST))
        region.bench_role = True
    return arn


@contextmanager
def _region() -> Iterator[Any]:
    """A client of a region that is served by a process of its own."""
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as home:
        command = [sys.executable, "-m", "tutor", "region", "--clock", "fast"]
        with _served(command, {**os.environ, "TUTOR_HOME": home}, "export AWS_ENDPOINT_URL=") as client:
            yield client


@contextmanager
def _minimal() -> Iterator[Any]:
    with _served([sys.executable, "-c", _MINIMAL], dict(os.environ), "") as client:
        yield client


@contextmanager
def _served(command: list[str], environment: dict[str, str], before: str) -> Iterator[Any]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip().removeprefix(before)
        yield _client("lambda", url)
    finally:
        process.terminate()
        process.wait()


def _client(service: str, url: str) -> Any:
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="tutor",
        aws_secret_access_key="tutor",
        config=Config(retries={"total_max_attempts": 1}),
    )
