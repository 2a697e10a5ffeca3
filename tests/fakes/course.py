"""A course of two units in memory: one lesson with a lab and three questions, and one without a lab."""

from collections.abc import Mapping
from pathlib import Path

from tutor.awslambda.prices import Prices
from tutor.study.claim import Claim
from tutor.study.course import Demand, Example, FunctionSettings, Lab, Lesson, LessonEntry, Run, UnitEntry
from tutor.study.scenario import Option, Proof, Scenario, SeedProof

NOWHERE = Path("nowhere")
SETTINGS = FunctionSettings("lambda_function.lambda_handler", 128, 3, 512)
PRICES = Prices(0.0000002, 0.0000166667, 0.0000000309, 512)

CODE = 'def lambda_handler(event, context):\n    return {"hello": event["name"]}\n'
STARTER = 'def lambda_handler(event, context):\n    return {"rows": 0}\n'
SOLUTION = 'def lambda_handler(event, context):\n    return {"rows": event["rows"]}\n'
CHECKS = """def answers(runs, given):
    payload = runs[0].payload
    if payload == {"rows": given["rows"]}:
        return True, "it answered with every row"
    return False, f"it answered {payload!r}"


def stays_small(runs, given):
    used = runs[0].report.max_memory_used_mb
    return used < 100, f"it held {used} MB"
"""
EXPERIMENT = """def observe(stage, **given):
    invocation = stage.function("", timeout=1).invoke({})
    return {"status": invocation.report.status, "billed_ms": invocation.report.billed_duration_ms}
"""

TEXT = """A function gets what you ask for, and not one page more. Press r: the handler runs.

## What ends it

Nothing in your code can catch what happens next: it is done **from outside**, and `finally` does not run.

* memory: killed
* time: stopped
"""

LAB = Lab(
    id="limits/every-limit/outgrows-memory",
    title="A handler that outgrows its memory",
    minutes=8,
    task='The handler is asked for 400 rows and answers with none. Make it answer `{"rows": 400}`.',
    claims=("LIM-002",),
    given={"rows": 400},
    function=SETTINGS,
    runs=(Run("four hundred rows", {"rows": 400}),),
    demands=(
        Demand("answers", 'answers {"rows": 400}'),
        Demand("stays_small", "never holds more than 100 MB", ("memory",)),
    ),
    hints=("The event holds the number.", 'Return `event["rows"]`.'),
    starter=NOWHERE,
    solutions=(NOWHERE,),
    rejected=(),
    checks=NOWHERE,
    starter_fails=("answers",),
    rejected_fails=(),
    content_hash="lab-1",
)

LESSONS = (
    Lesson(
        id="limits/every-limit",
        title="Every limit, and who enforces it",
        minutes=6,
        claims=("LIM-002", "LIM-005"),
        text=TEXT,
        example=Example(
            NOWHERE, SETTINGS, (Run("a cold start", {"name": "Ada"}), Run("a warm start", {"name": "Grace"}))
        ),
        labs=(LAB,),
        quiz=("limits/timeout-kills", "limits/two-of-four", "limits/memory-range"),
    ),
    Lesson(
        id="invocation-types/who-waits",
        title="Who waits for the answer",
        minutes=5,
        claims=("LIM-005",),
        text="Somebody waits, or nobody does. Press r.",
        example=Example(NOWHERE, SETTINGS, (Run("one run", {"name": "Ada"}),)),
        labs=(),
        quiz=(),
    ),
)


def _entry(lesson: Lesson) -> LessonEntry:
    labs = tuple((lab.id, lab.title) for lab in lesson.labs)
    return LessonEntry(lesson.id, lesson.title, lesson.minutes, labs, lesson.quiz, lesson.claims)


UNITS = (
    UnitEntry("limits", 1, "Limits", (_entry(LESSONS[0]),)),
    UnitEntry("invocation-types", 2, "Invocation types", (_entry(LESSONS[1]),)),
)


def _claim(claim_id: str, says: str, older: str | None = None) -> Claim:
    return Claim(
        claim_id, "limits", says, "https://docs.aws.amazon.com/lambda/", "2026-11-20", older,
        Path("stops_at_timeout.py"), {"timeout": 1}, {"status": "timeout"}, "hash",
    )  # fmt: skip


CLAIMS: Mapping[str, Claim] = {
    "LIM-002": _claim("LIM-002", "A process tree that outgrows its memory is killed from outside."),
    "LIM-005": _claim(
        "LIM-005", "A function is stopped at its timeout, from outside.", "Older notes say that `finally` still runs."
    ),
}


def _scenario(
    scenario_id: str, asks: str, stem: str, options: tuple[Option, ...], choose: int, experiment: Path | None
) -> Scenario:
    return Scenario(
        id=scenario_id, topic="limits", title="a title", asks=asks, claims=("LIM-005",), domains={"DVA-C03": 4},  # type: ignore[arg-type]
        difficulty=2, as_of="2026-11-20", source="https://docs.aws.amazon.com/lambda/", stem=stem, options=options,
        choose=choose, goal=None, least="none", seed=0, given={}, experiment=experiment,
        older="Older notes say **five minutes**: true until 2018.", content_hash=f"hash of {scenario_id}",
        proof_hash="hash" if experiment else None,
    )  # fmt: skip


SCENARIOS: Mapping[str, Scenario] = {
    "limits/timeout-kills": _scenario(
        "limits/timeout-kills",
        "outcome",
        "A handler sleeps for ten seconds inside `try … finally`; its timeout is one second. What does the caller get?",
        (
            Option(
                "timedout",
                "`Sandbox.Timedout`, and `finally` does not run",
                "It was stopped from outside.",
                {"status": "timeout"},
            ),
            Option("finally", "The value that `finally` returns", "Nothing ran after the timeout.", {"status": "done"}),
            Option(
                "retry",
                "Nothing: Lambda tries again twice",
                "Only asynchronous events are retried.",
                {"status": "retry"},
            ),
            Option("exception", "A `TimeoutError` from Python", "Nothing is raised inside.", {"status": "error"}),
        ),
        1,
        Path("experiment.py"),
    ),
    "limits/two-of-four": _scenario(
        "limits/two-of-four",
        "fact",
        "Which two of these can be set for one function?",
        (
            Option("memory", "Its memory size", "From 128 MB up.", key=True),
            Option("timeout", "Its timeout", "Up to 900 seconds.", key=True),
            Option("payload", "The size of its response", "A fixed quota.", key=False),
            Option("layers", "The number of layers allowed", "A fixed quota.", key=False),
        ),
        2,
        None,
    ),
    "limits/memory-range": _scenario(
        "limits/memory-range",
        "fact",
        "What is the smallest memory size?",
        (
            Option("least", "128 MB", "The lower end of the range.", key=True),
            Option("half", "64 MB", "Refused when the function is created.", key=False),
        ),
        1,
        None,
    ),
}

PROOFS: Mapping[str, Proof] = {
    name: Proof(
        "hash",
        "2026-11-20",
        {"timeout": "supervisor"},
        (SeedProof({"timeout": 1}, {"": {"status": "timeout", "billed_ms": 1000}}, key, {}),),
    )
    for name, key in {"limits/timeout-kills": ("timedout",), "LIM-005": ("LIM-005",), "LIM-002": ("LIM-002",)}.items()
}


def lab_folders(root: Path) -> Path:
    """Write the lab's starter, solution, checks, the example and the experiment below ``root``; return their folder."""
    folder = root / "course"
    for name, code in {"starter": STARTER, "solution": SOLUTION, "example": CODE}.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "lambda_function.py").write_text(code, encoding="utf-8")
    (folder / "experiment.py").write_text(EXPERIMENT, encoding="utf-8")
    (folder / "checks.py").write_text(CHECKS, encoding="utf-8")
    return folder
