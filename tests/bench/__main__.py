"""``make bench``: speed, memory and accuracy, each figure against a baseline that took turns with it in the same run.

Milliseconds belong to the machine and to who else uses it: the ratio is the result. Parts can be named:
``python -m tests.bench cold warm``. ``--user`` does the same as an ordinary user (only root can become one).
"""

import argparse
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import functions, table

USER = 54_321
PARTS = {
    "startup": ("startup", "rows"),
    "cold": ("cold", "rows"),
    "warm": ("warm", "rows"),
    "throughput": ("warm", "throughput"),
    "memory": ("memory", "rows"),
    "timeout": ("timeout", "rows"),
    "cpu": ("cpu", "rows"),
    "thousand": ("thousand", "rows"),
    "region": ("region_endpoint", "rows"),
    "queue": ("region_queue", "rows"),
    "exam": ("exam", "rows"),
    "readiness": ("readiness", "rows"),
}
INSTALLED = ("startup", "region", "exam")
"""Parts that start the installed tutor, which an ordinary user may not reach; nothing in them needs a right."""


def main() -> int:
    """Measure and print; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {' '.join(PARTS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=40, help="how often each subject takes its turn (default: 40)")
    parser.add_argument("--user", action="store_true", help="measure as an ordinary user")
    arguments = parser.parse_args()
    unknown = [part for part in arguments.parts if part not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}: choose from {' '.join(PARTS)}")
    if arguments.user:
        parts = arguments.parts or [part for part in PARTS if part not in INSTALLED]
        if left_out := [part for part in parts if part in INSTALLED]:
            parser.error(f"{left_out[0]} starts the installed tutor: make bench in a clone of that user's own")
        return _as_user([*parts, "--rounds", str(arguments.rounds)])
    return _run(arguments.parts or list(PARTS), arguments.rounds)


def _run(parts: list[str], rounds: int) -> int:
    who = "root" if os.geteuid() == 0 else f"an ordinary user ({os.geteuid()})"
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}, Python {sys.version.split()[0]}, {who}, {rounds} rounds\n")
    print(table.head())
    missed = 0
    began = time.monotonic()
    for row in _rows(parts, rounds):
        missed += row.missed
        functions.told("")
        print(table.line(row), flush=True)
    print(f"\n{missed} missed, {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


def _rows(parts: list[str], rounds: int) -> Iterator[table.Row]:
    for part in parts:
        module, name = PARTS[part]
        yield from getattr(importlib.import_module(f"tests.bench.{module}"), name)(rounds)


def _as_user(arguments: list[str]) -> int:
    """The same with an interpreter that anybody may run, and this one's packages on its path."""
    if os.geteuid() != 0:
        print("You are an ordinary user already: leave --user out.", file=sys.stderr)
        return 2
    root = Path(__file__).parents[2]
    packages = [folder for folder in sys.path if folder.endswith("site-packages")]
    program = (
        f"import sys; sys.path[:0] = [{str(root)!r}]; sys.path += {packages!r}; "
        "sys.dont_write_bytecode = True; import runpy; runpy.run_module('tests.bench', run_name='__main__')"
    )
    python = next((path for path in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3") if _runs(path)), "")
    if not python:
        print("No interpreter here can be run by an ordinary user and is as new as this one.", file=sys.stderr)
        return 2
    command = [python, "-c", program, *arguments]
    return subprocess.run(command, user=USER, group=USER, extra_groups=[], cwd="/", env=_bare()).returncode


def _bare() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TUTOR_HOME": f"/tmp/tutor-bench-{USER}"}


def _runs(path: str) -> bool:
    """Whether an ordinary user may run it, and whether the packages of this interpreter fit it."""
    command = [path, "-c", f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])!r})"]
    try:
        ran = subprocess.run(command, user=USER, group=USER, extra_groups=[], cwd="/", capture_output=True)
    except OSError:
        return False
    return ran.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
