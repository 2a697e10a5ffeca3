"""How moto is brought in: once, whoever asks first."""

import subprocess
import sys

TOGETHER = """
import sys, threading
from tutor.region.neighbours import moto_import

barrier = threading.Barrier(4)

def ask():
    barrier.wait()
    moto_import.moto("core.exceptions")

threads = [threading.Thread(target=ask) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
finders = sum(type(finder).__name__ == "_MotoFinder" for finder in sys.meta_path)
twice = [name for name, mends in moto_import._after.items() if len(set(mends)) < len(mends)]
import logging
logging.getLogger("moto.stepfunctions").error("of no use to a learner")
print(finders, twice)
"""


def test_regions_that_ask_at_the_same_moment_install_moto_once() -> None:
    """Two experiments side by side, each with a first region: every module of moto is mended once, not twice.

    What moto logs does not come out on the terminal.
    """
    done = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout.strip(), done.stderr) == ("1 []", "")
