"""Sits a paper in processes that are killed: ``python -m tests.usecases.sitter URL SITTING SEED MOMENTS [WRITERS]``.

Each moment forks WRITERS processes that go on with the sitting, answering at random, and tell each answer once it is
kept; after the first told answer and a little more, at random, they are killed with SIGKILL. What was told is printed
as JSON, one list of [question, option] for each process, in the order of telling.
"""

import json
import os
import random
import signal
import sys
import time

from tests.usecases.exams import exam_at
from tutor.usecases.sit_exam import SitExam

MOST_MILLISECONDS = 40.0


def go_on(exam: SitExam, sitting_id: str, seed: str, tell: int) -> None:
    """Answer for ever, and say each answer that has been kept."""
    chance = random.Random(seed)
    room = exam.room(sitting_id)
    while True:
        number = chance.randrange(len(room.sitting.questions))
        option = chance.choice(room.sitting.paper.questions[number].option_order)
        room.answer(number, (option,))
        os.write(tell, f"{json.dumps([number, option])}\n".encode())


def killed(url: str, sitting_id: str, seed: str, writers: int) -> list[list[object]]:
    """What each of so many processes had told when all of them were killed."""
    chance = random.Random(seed)
    told = []
    for number in range(writers):
        hear, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            go_on(exam_at(url), sitting_id, f"{seed}/{number}", tell)
        os.close(tell)
        told.append((pid, hear))
    heads = [os.read(hear, 1) for _, hear in told]
    time.sleep(chance.uniform(0, MOST_MILLISECONDS) / 1000)
    for pid, _ in told:
        os.kill(pid, signal.SIGKILL)
    for pid, _ in told:
        os.waitpid(pid, 0)
    return [_read(head, hear) for head, (_, hear) in zip(heads, told, strict=True)]


def _read(head: bytes, hear: int) -> list[object]:
    """The whole lines; a process may have been killed while it told the last one."""
    with os.fdopen(hear, "rb") as pipe:
        text = (head + pipe.read()).decode()
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


if __name__ == "__main__":
    database, sitting, first, moments, *rest = sys.argv[1:]
    exam_at(database)  # imported and read once, before the first fork
    for moment in range(int(moments)):
        print(json.dumps(killed(database, sitting, f"{first}/{moment}", int(rest[0]) if rest else 1)), flush=True)
