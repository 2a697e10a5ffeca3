"""``tutor new``: the files of a new question, ready to be written."""

import argparse
import sys

_EPILOG = """\
Writes scenarios/TOPIC/SLUG/scenario.yaml, and experiment.py where a run decides, into the checkout that this tutor runs
from, with … where you write. scenarios/README.md tells what they mean. From there:

  tutor content                     tells everything that is still wrong, at once
  tutor prove TOPIC/SLUG --record   runs it, in seconds, and keeps what was seen and which options are right
  tutor preview TOPIC/SLUG          shows it as a learner sees it, and explained

exit codes: 0 written · 2 no such topic, a name that is taken or none, a folder that cannot be written
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor new`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("kind", choices=("question",), help="what to begin")
    parser.add_argument("id", metavar="TOPIC/SLUG", help="its id, such as limits/a-full-disk")
    parser.add_argument(
        "--asks",
        choices=("outcome", "solution", "fact"),
        default="outcome",
        help="what happens (default), what to change, or what no run can decide",
    )
    parser.add_argument("--region", action="store_true", help="an experiment in a region, with boto3 and its clock")


def run(arguments: argparse.Namespace) -> int:
    """Write the files; their names go to stdout."""
    from tutor import locations
    from tutor.content.blank import write_question
    from tutor.content.shelf import Shelf
    from tutor.wiring import now

    today = now().date().isoformat()
    root = locations.content_root()
    for path in write_question(
        Shelf(root, locations.cache()), arguments.id, arguments.asks, today, region=arguments.region
    ):
        print(path.relative_to(root))
    print(f"tutor: write where … stands, then: tutor content; tutor prove {arguments.id} --record", file=sys.stderr)
    return 0
