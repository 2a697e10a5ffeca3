"""A small course that holds together: one unit, one lesson, one lab, three questions, three claims."""

from dataclasses import fields
from pathlib import Path

from tutor.awslambda.prices import Prices
from tutor.awslambda.quotas import Quotas
from tutor.content.library import ContentLibrary
from tutor.study.scenario import Proof, SeedProof

Seen = dict[str, object]

_SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/page.html"
_VALUES = {
    "memory_size_min": 128, "memory_size_max": 10240, "memory_size_default": 128,
    "timeout_min": 1, "timeout_max": 900, "timeout_default": 3,
    "ephemeral_storage_min": 512, "ephemeral_storage_max": 10240, "ephemeral_storage_default": 512,
}  # fmt: skip
_UNITS = {"memory_size": "MB", "timeout": "s", "ephemeral_storage": "MB"}


def _figure(name: str, value: float, unit: str) -> str:
    lines = [f"{name}:", f"  value: {value}", f"  unit: {unit}", "  as_of: 2026-11-20", f"  source: {_SOURCE}"]
    if name == "memory_size_max":
        lines += ["  history:", "    - {value: 3008, until: 2020-12-01}", "    - {value: 1536}"]
    if name == "timeout_max":
        lines += ["  history: [{value: 300}]"]
    return "\n".join(lines) + "\n"


def _quotas() -> str:
    names = [field.name for field in fields(Quotas)]
    units = {name: next((unit for part, unit in _UNITS.items() if name.startswith(part)), "bytes") for name in names}
    return "".join(_figure(name, _VALUES.get(name, 4096), units[name]) for name in names)


def _prices() -> str:
    return "".join(
        _figure(field.name, 512 if field.name == "ephemeral_storage_free" else 0.0000002, "USD per request")
        for field in fields(Prices)
    )


FILES = {
    "data/quotas.yaml": _quotas(),
    "data/pricing.yaml": _prices(),
    "data/topics.yaml": "topics:\n  - {id: limits, title: Limits, prefix: LIM}\n",
    "data/blueprints/dva.yaml": """\
name: DVA-C03
title: Developer
questions: 65
minutes: 130
scored: 50
unscored: 15
scale: [100, 1000]
pass_mark: 720
scoring_rule: all-or-nothing
as_of: 2026-11-20
source: https://docs.aws.amazon.com/exam
domains:
  - {number: 1, title: Development, weight: 70}
  - {number: 4, title: Troubleshooting, weight: 30, tasks: {"4.3": Optimize}}
""",
    "data/glossary.yaml": "terms:\n  - {term: alias, means: A name for a version.}\n",
    "data/runtimes.yaml": f"""\
as_of: 2026-11-20
source: {_SOURCE}
runtimes:
  - {{id: python3.13, os: Amazon Linux, deprecation: 2029-06-30, blocked: false}}
""",
    "data/claims/limits/stops.py": """\
import time


def observe(stage, timeout):
    return {"status": "timeout", "finished": False}
""",
    "data/claims/limits/claims.yaml": f"""\
- id: LIM-001
  says: Memory is set from {{{{ quota.memory_size_min }}}} to {{{{ quota.memory_size_max }}}}.
  source: {_SOURCE}
  as_of: 2026-11-20
  older: Until {{{{ old.memory_size_max.until }}}} it ended at {{{{ old.memory_size_max }}}}.
- id: LIM-002
  says: A function is stopped at its timeout.
  source: {_SOURCE}
  as_of: 2026-11-20
  experiment: stops
  given: &stops {{timeout: 1}}
  holds: {{status: timeout}}
- id: LIM-003
  says: Nothing after the timeout runs.
  source: {_SOURCE}
  as_of: 2026-11-20
  experiment: stops
  given: *stops
  holds: {{finished: false}}
""",
    "scenarios/limits/stopped/experiment.py": """\
def observe(stage, wait):
    return {"status": "timeout", "billed_ms": 1000}
""",
    "scenarios/limits/stopped/scenario.yaml": f"""\
title: Stopped at the timeout
asks: outcome
claims: [LIM-002]
domains: {{DVA-C03: 4}}
difficulty: 1
as_of: 2026-11-20
source: {_SOURCE}
seeds:
  - {{wait: 30}}
  - {{wait: 45}}
stem: |
  A function has a short timeout, and one caller. A partner takes {{{{ given.wait }}}} seconds to answer.
  What happens? Nobody has changed a setting since it was made.
choose: 1
options:
  - id: stopped
    text: It is stopped.
    predicts: {{status: timeout}}
    why: "It was, and {{{{ observed.billed_ms }}}} ms were billed."
  - id: goes-on
    text: It goes on.
    predicts: {{status: null}}
    mistake: forgets the timeout
    why: The status was {{{{ observed.status }}}}.
""",
    "scenarios/limits/fits/experiment.py": """\
def observe(stage, room, change):
    return {"ended": "done" if change.get("ephemeral_storage") else "failed"}
""",
    "scenarios/limits/fits/scenario.yaml": f"""\
title: A file that does not fit
asks: solution
claims: [LIM-001]
domains: {{DVA-C03: none}}
difficulty: 2
as_of: 2026-11-20
source: {_SOURCE}
seeds: [{{room: 1024}}]
stem: A file that a job puts in its own folder each day does not fit any more, and no code may be new. What helps?
choose: 1
goal: {{ended: done}}
least: cost
options:
  - id: storage
    text: Set the ephemeral storage to {{{{ given.room }}}} MB.
    change: {{ephemeral_storage: "{{{{ given.room }}}}"}}
    why: It ended as {{{{ observed.ended }}}}.
  - id: memory
    text: Set the memory to {{{{ quota.memory_size_max }}}}.
    change: {{memory_size: "{{{{ quota.memory_size_max }}}}"}}
    mistake: takes memory for disk
    why: It ended as {{{{ observed.ended }}}}.
""",
    "scenarios/limits/most/scenario.yaml": f"""\
title: The most memory
asks: fact
claims: [LIM-001]
domains: {{DVA-C03: 1}}
difficulty: 1
as_of: 2026-11-20
source: {_SOURCE}
stem: A team has a big table to hold in one go, all of it in memory. What is the most memory that a function can have?
choose: 1
options:
  - {{id: new, text: "{{{{ quota.memory_size_max }}}}", key: true, why: It is what the guide says.}}
  - {{id: old, text: "{{{{ old.memory_size_max }}}}", mistake: an old value, why: It was true for long.}}
""",
    "lessons/course.yaml": """\
units:
  - id: limits
    title: Limits
    lessons: [every-limit]
""",
    "lessons/limits/every-limit/lesson.md": """\
---
title: Every limit
minutes: 6
claims: [LIM-001, LIM-002]
example:
  function: {timeout: 3}
  runs:
    - {name: a cold start, event: {name: Ada}}
labs: [too-slow]
quiz: [limits/stopped, limits/most]
---
This handler works. Press r.

It may have {{ quota.memory_size_max }} and run for {{ quota.timeout_max }}, in `/tmp` on S3, with python3.13.

```python
x = 900
```

## More

A list has {{ literal(3, "three steps") }} steps.
""",
    "lessons/limits/every-limit/example/lambda_function.py": "def lambda_handler(event, context):\n    return 1\n",
    "lessons/limits/every-limit/labs/too-slow/lab.yaml": """\
title: Too slow
minutes: 8
claims: [LIM-002]
given: {rows: 1400}
task: |
  There are {{ given.rows }} rows, `[{{ given.rows }}]`.

  Make it answer in time.
function: {timeout: 3}
runs:
  - name: all rows
    event: {rows: "{{ given.rows }}"}
demands:
  - id: answers
    says: answers with {{ given.rows }} rows
    needs: [timeout]
  - id: in_time
    says: in time
starter_fails: [answers]
rejected_fails: [[answers], [answers, in_time]]
""",
    "lessons/limits/every-limit/labs/too-slow/hints.md": "## Where to look\nAt the log.\n\n## What to do\nRead it.\n",
    "lessons/limits/every-limit/labs/too-slow/checks.py": """\
import json


def answers(runs, given):
    return True, json.dumps(given)


def in_time(runs, given):
    return True, "in time"
""",
}
for _folder in ("starter", "solutions/1", "solutions/2", "rejected/1", "rejected/2"):
    FILES[f"lessons/limits/every-limit/labs/too-slow/{_folder}/lambda_function.py"] = "x = 1\n"
FILES["lessons/limits/every-limit/labs/too-slow/solutions/2/template.yaml"] = "Size: 1\nRole: !Ref Role\n"

CLAIMS = "data/claims/limits/claims.yaml"
OUTCOME = "scenarios/limits/stopped/scenario.yaml"
SOLUTION = "scenarios/limits/fits/scenario.yaml"
FACT = "scenarios/limits/most/scenario.yaml"
LESSON = "lessons/limits/every-limit/lesson.md"
LAB = "lessons/limits/every-limit/labs/too-slow/lab.yaml"


def plant(root: Path) -> Path:
    """Write the course under ``root``, with a fresh proof for everything that a run decides."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    record(root)
    return root


def record(root: Path) -> None:
    """Record what the experiments would see."""
    library = ContentLibrary(root, root / ".cache")
    stopped: dict[str, Seen] = {"": {"status": "timeout", "billed_ms": 1000}}
    fits: dict[str, Seen] = {"storage": {"ended": "done"}, "memory": {"ended": "failed"}}
    library.write_claim_proof(
        "LIM-002", _proof(library.claim("LIM-002").proof_hash, {"": _SEEN}, ("LIM-002", "LIM-003"))
    )
    for name, seen, key, seeds in (("stopped", stopped, "stopped", 2), ("fits", fits, "storage", 1)):
        scenario = library.scenario(f"limits/{name}")
        library.write_scenario_proof(scenario.id, _proof(scenario.proof_hash, seen, (key,), seeds))


_SEEN: Seen = {"status": "timeout", "finished": False}


def _proof(hash_: str | None, seen: dict[str, Seen], key: tuple[str, ...], seeds: int = 1) -> Proof:
    assert hash_ is not None
    seed = SeedProof(given={}, observed=seen, key=key, cost={})
    return Proof(hash_, "2026-11-20", {"timeout": "watchdog"}, (seed,) * seeds)


def change(root: Path, name: str, old: str, new: str) -> None:
    """Replace ``old``, which must be there, by ``new`` in one file."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
