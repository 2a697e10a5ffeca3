"""Several tutors and sudden deaths: what was said to be saved is there."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.store.events import an_answer
from tutor.store.memory import open_memory

WRITER = """
import sys
from tests.store.events import an_answer
from tutor.store.memory import open_memory

memory = open_memory(sys.argv[1])
first, count = int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, first + count):
    memory.add_answer(an_answer(number))
    print(number, flush=True)
"""


def writer(url: str, first: int, count: int) -> subprocess.Popen[str]:
    """A process that, once told to go, adds answers ``first``, ``first + 1`` … and prints each when it is saved."""
    command = [sys.executable, "-c", WRITER, url, str(first), str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_a_kill_after_an_answer_was_saved_loses_nothing(tmp_path: Path) -> None:
    """``kill -9`` right after ``add_answer`` returned: the row is there, and the database can be used."""
    url = f"sqlite:///{tmp_path / 'tutor.db'}"
    process = writer(url, 0, 1_000_000)
    go(process)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(20)]
    os.kill(process.pid, signal.SIGKILL)
    said += process.communicate()[0].splitlines(keepends=True)
    told = [int(line) for line in said if line.endswith("\n")]
    memory = open_memory(url)
    kept = {answer.seed for answer in memory.answers()}
    assert set(told) <= kept
    memory.add_answer(an_answer(-1))
    assert len(memory.answers()) == len(kept) + 1


def test_two_processes_lose_nothing_of_each_other_on_a_new_database(tmp_path: Path) -> None:
    """Two tutors start on no database at the same time: both make it, both write, every answer is kept."""
    url = f"sqlite:///{tmp_path / 'tutor.db'}"
    processes = [writer(url, first, 25) for first in (0, 1000, 2000)]
    for process in processes:
        go(process)
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]
    kept = sorted(answer.seed for answer in open_memory(url).answers())
    assert kept == [first + number for first in (0, 1000, 2000) for number in range(25)]


def test_a_reader_sees_what_another_process_has_just_saved(tmp_path: Path) -> None:
    """A tutor that is open sees the other one's answers without being started again."""
    url = f"sqlite:///{tmp_path / 'tutor.db'}"
    memory = open_memory(url)
    memory.add_answer(an_answer(0))
    process = writer(url, 1, 1)
    go(process)
    process.communicate()
    assert [answer.seed for answer in memory.answers()] == [0, 1]
