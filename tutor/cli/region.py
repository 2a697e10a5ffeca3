"""``tutor region``: serve a small AWS region on this host until it is interrupted."""

import argparse
import re
import signal
import sys
import threading
from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from tutor.region.region import Region
    from tutor.region.server import Server

PORT = 9330
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

DESCRIPTION = (
    "Serves AWS's API on 127.0.0.1: Lambda, and S3, SQS, SNS, DynamoDB, Kinesis, EventBridge, IAM, CloudWatch, Logs, "
    "KMS, Secrets Manager, Step Functions, API Gateway beside it. Paste the printed lines into a shell, and boto3 and "
    "the AWS CLI work with it. What is made is kept under its name and is there again at the next start. With "
    "--clock fast nothing waits for real: retries, visibility timeouts and schedules happen when nothing else does."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name, port, clock."""
    parser.description = DESCRIPTION
    parser.add_argument("--name", default="default", metavar="NAME", help="which region's state (default: default)")
    parser.add_argument("--port", type=int, metavar="N", help=f"port on 127.0.0.1 (default: {PORT} if free)")
    parser.add_argument("--clock", choices=("real", "fast"), default="real", help="real (default) or fast")


def run(arguments: argparse.Namespace) -> int:
    """0 when it was ended by a signal; 2 for a name in use, a port in use, a home that cannot be written."""
    from tutor.region.server import Server
    from tutor.wiring import Tutor

    _check(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: ended.set())
    region = Tutor().region(arguments.name, arguments.clock)
    try:
        with Server(region, arguments.port, PORT) as server:
            _tell(region, server)
            region.triggers.on_announcement = lambda told: print(told, file=sys.stderr, flush=True)
            ended.wait()
    finally:
        region.close()
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if not _NAME.fullmatch(arguments.name):
        raise UsageError(
            f"{arguments.name!r} is no name for a region: use up to 64 letters, digits, dots, hyphens, underscores, "
            "the first a letter or digit."
        )
    if arguments.port is not None and not 0 < arguments.port < 65536:
        raise UsageError(f"{arguments.port} is no port: choose one from 1 to 65535.")


def _tell(region: "Region", server: "Server") -> None:
    print(f"export AWS_ENDPOINT_URL={server.url}")
    print("export AWS_ACCESS_KEY_ID=tutor")
    print("export AWS_SECRET_ACCESS_KEY=tutor")
    print("export AWS_DEFAULT_REGION=us-east-1", flush=True)
    for line in region.lost:
        print(f"Not there again: {line}", file=sys.stderr)
    told = f"Region {region.name!r} on {server.url}, {region.clock.mode} clock. Paste the lines above into a shell."
    print(f"{told} Ctrl-C ends it.", file=sys.stderr, flush=True)
