"""The command line: arguments in, data to stdout, narration to stderr, exit codes.

Each command is a module here with ``add_arguments(parser)`` and ``run(arguments) -> exit code``. Only the chosen one
is imported, and what is heavy it imports inside ``run``: ``tutor --help`` costs little more than Python itself.

Exit codes: 0 done · 1 what was checked does not hold · 2 wrong usage or bad input · 3 this host cannot enforce it ·
70 a fault of the program · 130 interrupted · 141 the reader of the output went away.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from tutor import __version__

COMMANDS = {
    "invoke": "run a handler in the sandbox and print what came back",
    "region": "serve a small AWS region on this host, for boto3 and the AWS CLI",
    "trigger": "send a function the event of a service, the way that service would",
    "package": "build a function and its requirements.txt into one package",
    "check": "grade your labs, or prove the course's own solutions",
    "prove": "run the experiments again and compare them with the recorded proofs",
    "content": "validate everything under lessons, scenarios and data",
    "new": "begin a new question: its files, ready to be written",
    "preview": "show a question as a learner sees it, then its key and explanations",
    "exam": "sit a mock exam, in the exam room or line by line",
    "quiz": "answer a few questions on chosen topics, line by line",
    "progress": "show lessons, labs, scores and what is due",
    "plan": "set an exam's date and a daily cap, and see what to review on which day",
    "export": "write the questions for other programs, or your whole progress",
    "import": "bring in questions of others, or the progress of another machine",
    "doctor": "say how this host enforces each limit",
}

USAGE, DEFECT, INTERRUPTED, READER_WENT_AWAY = 2, 70, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command, or open the tutor when none is named. Returns the exit code; never raises for bad input."""
    try:
        code = _dispatch(sys.argv[1:] if argv is None else list(argv))
        _flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return READER_WENT_AWAY
    except Exception as error:  # the boundary of the command line: nothing may end in a traceback
        from tutor.cli.failure import explain

        return explain(error)


def _dispatch(argv: list[str]) -> int:
    if not argv:
        from tutor.cli.app import run

        return run()
    name = argv[0]
    try:
        if name.startswith("-"):
            _front_page().parse_args(argv)
            return 0
        return _command(name, argv[1:]) if name in COMMANDS else _unknown(name)
    except SystemExit as end:  # argparse has said what was wrong, or printed the help
        return end.code if isinstance(end.code, int) else 0


def _command(name: str, argv: list[str]) -> int:
    module = import_module(f"tutor.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"tutor {name}", description=_sentence(COMMANDS[name]), allow_abbrev=False)
    module.add_arguments(parser)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        flags = [flag for action in parser._actions for flag in action.option_strings]
        parser.error(f"unknown argument {unknown[0]}{_nearest(unknown[0].partition('=')[0], flags)}")
    code: int = module.run(arguments)
    return code


def _front_page() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:<10} {says}" for name, says in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="tutor",
        usage="tutor [COMMAND] [--help]",
        description="Learn AWS Lambda by breaking it. Without a command, the tutor opens in this terminal.",
        epilog=f"commands:\n{listed}\n\ntutor COMMAND --help tells more of each.\n"
        "TUTOR_HOME moves everything that is yours to one folder; TUTOR_DATABASE_URL points the store elsewhere.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tutor {__version__}")
    return parser


def _unknown(name: str) -> int:
    print(f"tutor: there is no command {name!r}{_nearest(name, COMMANDS)}. All of them: tutor --help", file=sys.stderr)
    return USAGE


def _nearest(written: str, known: Sequence[str] | dict[str, str]) -> str:
    from difflib import get_close_matches

    matches = get_close_matches(written, known, n=1)
    return f" (did you mean {matches[0]!r}?)" if matches else ""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _flush() -> None:
    """What is buffered may find its reader gone; that is met here, not at the interpreter's end."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _forget_stdout() -> None:
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
