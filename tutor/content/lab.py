"""A lab: ``lab.yaml``, ``hints.md`` and the folders beside them."""

from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt

from tutor.content.experiment_file import text_of
from tutor.content.fields import Fields, unique
from tutor.content.fingerprint import fingerprint
from tutor.content.function_settings import read_runs, read_settings
from tutor.content.node import Node, parse
from tutor.content.python_file import read_python
from tutor.content.reading import folders_in
from tutor.content.template import Scope
from tutor.content.texts import TextReading
from tutor.study.course import Demand, FunctionSettings, Lab, Run

LIMITS = (
    "memory", "cpu", "timeout", "ephemeral_storage", "file_system",
    "file_descriptors", "processes", "network", "environment", "payload",
)  # fmt: skip
"""The limits that a demand may need the host to enforce."""

LEAST_FOLDERS = 2


def lab_folder(root: Path, lab_id: str) -> Path:
    """Where the lab ``<unit>/<lesson>/<lab>`` lies."""
    unit, lesson, lab = lab_id.split("/")
    return root / "lessons" / unit / lesson / "labs" / lab


def read_lab(lab_id: str, reading: TextReading) -> Lab | None:
    """The lab, with its numbers filled in; None where ``lab.yaml`` cannot be read at all."""
    folder = lab_folder(reading.root, lab_id)
    node = reading.yaml(folder / "lab.yaml")
    if node is None:
        return None
    fields = Fields(node, reading, "a lab")
    scope = Scope(given={})
    scope = Scope(given=reading.native(fields.mapping("given", must=False), scope) or {})
    title, task = fields.text("title"), fields.text("task")
    function = read_settings(fields.mapping("function", must=False), reading, scope)
    staging = _staging(folder / "staging.py", node, reading)
    runs = read_runs(fields.items("runs", must=staging is None), reading, scope)
    demands = _demands(fields.items("demands"), folder / "checks.py", reading, scope)
    lab = Lab(
        id=lab_id,
        title=reading.render(title, scope),
        minutes=fields.whole("minutes", 1, 120) or 0,
        task=reading.render(task, scope),
        claims=tuple(node.value for node in fields.names("claims")),
        given=scope.given or {},
        function=function,
        runs=runs,
        demands=demands,
        hints=_hints(folder / "hints.md", reading, scope),
        starter=folder / "starter",
        solutions=_numbered(folder / "solutions", reading),
        rejected=_numbered(folder / "rejected", reading),
        checks=folder / "checks.py",
        starter_fails=_fails(fields.items("starter_fails"), demands, reading),
        rejected_fails=_rejected_fails(fields.items("rejected_fails"), demands, reading),
        content_hash=_hash(folder, function, runs, demands, scope),
        staging=staging,
    )
    _check_folders(node, lab, reading)
    if reading.strict:
        _check_solutions(lab.solutions, reading)
    fields.done()
    return lab


def _staging(path: Path, node: Node, reading: TextReading) -> Path | None:
    """The lab's ``staging.py``, where it has one: then it makes no runs, and the checks are given what that saw."""
    if not path.is_file():
        return None
    runs = node.child("runs")
    if runs is not None:
        reading.at(runs, "a lab with a staging.py has no runs: the staging sends what is to be sent")
    if reading.strict:
        _check_staging(path, reading)
    return path


def _check_staging(path: Path, reading: TextReading) -> None:
    python = read_python(path, reading, standard_only="a staging")
    if python is None:
        return
    line, parameters = python.functions.get("observe", (1, 0))
    if parameters < 2:
        message = "a staging needs a function observe(stage, folder, **given)"
        reading.say(reading.name(path), line, "", message)


def _demands(nodes: Sequence[Node], checks: Path, reading: TextReading, scope: Scope) -> tuple[Demand, ...]:
    demands, ids = [], []
    for node in nodes:
        fields = Fields(node, reading, "a demand")
        name, says = fields.text("id"), fields.text("says")
        needs = fields.names("needs", must=False)
        for need in needs:
            if need.value not in LIMITS:
                reading.unknown(need, "limit", LIMITS)
        fields.done()
        if name is not None:
            ids.append(name)
            demands.append(Demand(name.value, reading.render(says, scope), tuple(need.value for need in needs)))
    unique(ids, reading, "demand")
    if reading.strict:
        _check_checks(ids, checks, reading)
    return tuple(demands)


def _check_checks(ids: Sequence[Node], checks: Path, reading: TextReading) -> None:
    """Each demand needs a function of its name in ``checks.py`` that takes ``(runs, given)``."""
    python = read_python(checks, reading, standard_only="a check")
    if python is None:
        return
    for name in ids:
        if name.value not in python.functions:
            reading.unknown(name, f"function in {reading.name(checks)} for the demand", python.functions)
            continue
        line, parameters = python.functions[name.value]
        if parameters != 2:
            message = f"a check takes (runs, given); {name.value} takes {parameters} parameters"
            reading.say(reading.name(checks), line, "", message)


def _hints(path: Path, reading: TextReading, scope: Scope) -> tuple[str, ...]:
    """The parts of the file that begin with a level-two heading, each with its heading."""
    text = reading.text(path)
    if text is None:
        return ()
    tokens = MarkdownIt().parse(text)
    starts = [token.map[0] for token in tokens if token.type == "heading_open" and token.tag == "h2" and token.map]
    lines = text.split("\n")
    if not starts or "".join(lines[: starts[0]]).strip():
        reading.say(reading.name(path), 1, "", "each hint begins with a level-two heading: ## Where to look")
        return ()
    parts = zip(starts, [*starts[1:], len(lines)], strict=True)
    return tuple(_hint(path, lines, begin, end, reading, scope) for begin, end in parts)


def _hint(path: Path, lines: list[str], begin: int, end: int, reading: TextReading, scope: Scope) -> str:
    text = "\n".join(lines[begin:end])
    return reading.render(Node(reading.name(path), begin + 1, begin + 1, "", text, text), scope)


def _numbered(folder: Path, reading: TextReading) -> tuple[Path, ...]:
    """The folders 1, 2, … in ``folder``."""
    found = folders_in(folder)
    right = [folder / str(number) for number in range(1, len(found) + 1)]
    if sorted(found) != sorted(right):
        names = ", ".join(path.name for path in found)
        reading.say(reading.name(folder), 1, "", f"the folders here must be 1, 2, 3 … without a gap; there are {names}")
    return tuple(right)


def _fails(nodes: Sequence[Node], demands: Sequence[Demand], reading: TextReading) -> tuple[str, ...]:
    known = [demand.id for demand in demands]
    for node in nodes:
        if node.value not in known:
            reading.unknown(node, "demand", known)
    return tuple(str(node.value) for node in nodes)


def _rejected_fails(
    nodes: Sequence[Node], demands: Sequence[Demand], reading: TextReading
) -> tuple[tuple[str, ...], ...]:
    fails = []
    for node in nodes:
        if not isinstance(node.value, list) or not node.value:
            reading.at(node, "an entry of rejected_fails must be a list of demands: [[answers], [stays_small]]")
        else:
            fails.append(_fails(node.value, demands, reading))
    return tuple(fails)


def _check_folders(node: Node, lab: Lab, reading: TextReading) -> None:
    """Starter, at least two solutions and two near-misses, an entry of ``rejected_fails`` for each of these."""
    for what, paths in (("solutions", lab.solutions), ("rejected", lab.rejected)):
        if len(paths) < LEAST_FOLDERS:
            message = f"a lab needs at least two folders in {what}/, here are {len(paths)}"
            reading.say(node.file, node.line, "", message)
    fails = node.child("rejected_fails")
    if fails is not None and isinstance(fails.value, list) and len(fails.value) != len(lab.rejected):
        reading.at(fails, f"rejected_fails has {len(fails.value)} entries for {len(lab.rejected)} folders in rejected/")
    for path in (lab.starter, *lab.solutions, *lab.rejected):
        if not path.is_dir() or not any(path.iterdir()):
            reading.say(reading.name(path), 1, "", "this folder is missing or empty")


def _check_solutions(solutions: Sequence[Path], reading: TextReading) -> None:
    """A solution is sound Python and its template sound YAML; a starter or a near-miss may be neither."""
    for folder in solutions:
        for path in sorted(folder.rglob("*.py")):
            read_python(path, reading)
        template = folder / "template.yaml"
        if template.is_file():
            _, problems = parse(reading.text(template) or "{}", reading.name(template))
            reading.problems.extend(problem for problem in problems if not problem.key)


def _hash(
    folder: Path, function: FunctionSettings, runs: Sequence[Run], demands: Sequence[Demand], scope: Scope
) -> str:
    """Changes with anything that could change a grade."""
    staged = {"staging": text_of(folder / "staging.py")} if (folder / "staging.py").is_file() else {}
    return fingerprint(
        {
            **staged,
            "checks": text_of(folder / "checks.py"),
            "function": vars(function),
            "runs": [vars(run) for run in runs],
            "demands": [[demand.id, demand.needs] for demand in demands],
            "given": scope.given,
        }
    )
