"""A handler that starts the same child twice, without and with an environment for it."""

CODE = '''
import os
import subprocess
import sys

LOOK = "import os; print(os.environ.get('SECRET', ''))"


def look(**settings):
    return subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, **settings).stdout.strip()


def lambda_handler(event, context):
    print(dict(os.environ))
    own = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": os.environ["LD_LIBRARY_PATH"]}
    return [look(), look(env=own)]
'''


def observe(stage):
    """What the children and the log know of one variable."""
    run = stage.function(CODE, timeout=10, environment={"SECRET": "opensesame"}).invoke({})
    return {
        "child_reads": run.payload[0],
        "child_with_own_environment_reads": run.payload[1],
        "printed": "opensesame" in "".join(run.printed),
    }
