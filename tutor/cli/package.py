"""``tutor package``: build a function's folder and the packages of its requirements.txt into one package."""

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.usecases.build_package import BuiltPackage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where from, where to."""
    parser.add_argument("target", metavar="TARGET", help="the function's folder, with or without a requirements.txt")
    parser.add_argument(
        "-o", "--output", metavar="OUT", help="a .zip, or a new folder (default: the folder's name with .zip, here)"
    )
    parser.add_argument("--runtime", metavar="ID", help="the runtime that the packages are for, such as python3.13")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(arguments: argparse.Namespace) -> int:
    """0 when the package is built."""
    from tutor import locations
    from tutor.cli.runtime import chosen_runtime
    from tutor.errors import UsageError
    from tutor.usecases.build_package import BuildPackage
    from tutor.wiring import Tutor

    tutor = Tutor()
    runtime = chosen_runtime(arguments.runtime, tutor)
    if not runtime.startswith("python"):
        raise UsageError(f"tutor package builds Python functions, not {runtime}.")
    folder = Path(arguments.target)
    out = Path(arguments.output) if arguments.output else Path(f"{folder.absolute().resolve().name}.zip")
    built = BuildPackage(tutor.quotas, locations.cache() / "packages").run(folder, out, runtime)
    if built.code_size is not None and built.code_size > tutor.quotas.package_size_zipped:
        limit = f"{tutor.quotas.package_size_zipped:,} bytes"
        print(f"tutor: zipped it is larger than {limit}: AWS takes it from S3 only.", file=sys.stderr)
    _print(built, runtime, arguments.json)
    return 0


def _print(built: "BuiltPackage", runtime: str, as_json: bool) -> None:
    if as_json:
        told = {
            "Package": str(built.path),
            "Runtime": runtime,
            "Packages": list(built.packages),
            "UnzippedSize": built.unzipped_size,
            "CodeSize": built.code_size,
            "CodeSha256": built.code_sha256,
        }
        print(json.dumps({name: value for name, value in told.items() if value is not None}))
        return
    for name in built.packages:
        print(f"  {name}", file=sys.stderr)
    zipped = f", {built.code_size:,} zipped" if built.code_size is not None else ""
    command = f"tutor invoke {shlex.quote(str(built.path))} --runtime {runtime}"
    print(f"tutor: {built.unzipped_size:,} bytes{zipped}. Run it: {command}", file=sys.stderr)
    print(built.path)
