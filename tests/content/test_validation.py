"""``validate``: everything that is wrong, at once, where it is wrong, with the nearest right thing."""

import shutil
from pathlib import Path

import pytest

from tests.content.tree import CLAIMS, FACT, LAB, LESSON, OUTCOME, SOLUTION, change, plant
from tutor.content.validation import validate
from tutor.errors import Problem

LAB_FOLDER = LAB.removesuffix("/lab.yaml")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that holds together, planted once."""
    return plant(tmp_path_factory.mktemp("planted"))


@pytest.fixture
def root(planted: Path, tmp_path: Path) -> Path:
    """A copy of it that may be broken."""
    return shutil.copytree(planted, tmp_path / "content")


def problems(root: Path) -> tuple[Problem, ...]:
    """All problems, the stale proofs that a change brings with it left out."""
    found = validate(root).problems
    return tuple(problem for problem in found if "is stale" not in problem.message)


def test_a_course_that_holds_together_has_no_problems(root: Path) -> None:
    """Nothing is told of what is right, and everything is counted."""
    found = validate(root)
    assert found.problems == ()
    assert (found.units, found.count("lesson"), found.count("lab"), found.count("question")) == (1, 1, 1, 3)
    assert found.count("question", computed=True) == found.count("question", proven=True) == 2
    assert (found.count("claim"), found.count("claim", proven=True)) == (3, 2)


BROKEN = [
    # what is written instead of what, and the problem: line, part of the key, part of the message, nearest
    (LESSON, "minutes: 6", "minuts: 6", 3, "minuts", "knows no key 'minuts'", "minutes"),
    (LESSON, "minutes: 6\n", "", 2, "minutes", "must say minutes", None),
    (LESSON, "minutes: 6", "minutes: six", 3, "minutes", "must be a whole number, not a text", None),
    (LESSON, "minutes: 6", "minutes: 600", 3, "minutes", "from 1 to 120", None),
    (LESSON, "[LIM-001, LIM-002]", "[LIM-001, LMI-002]", 4, "claims[1]", "no claim 'LMI-002'", "LIM-002"),
    (LESSON, "[LIM-001, LIM-002]", "[LIM-001, LIM-001]", 4, "claims[1]", "here twice", None),
    (LESSON, "[LIM-001, LIM-002]", "LIM-001", 4, "claims", "must be a list, not a text", None),
    (LESSON, "[too-slow]", "[to-slow]", 9, "labs[0]", "no lab 'to-slow'", "too-slow"),
    (LESSON, "limits/most]", "limits/mots]", 10, "quiz[1]", "no question 'limits/mots'", "limits/most"),
    (LESSON, "quota.timeout_max }}", "quota.timeot_max }}", 14, "", "no 'timeot_max'", "timeout_max"),
    (LESSON, "quota.timeout_max }}", "quato.timeout_max }}", 14, "", "no name 'quato'", "quota"),
    (LESSON, "quota.timeout_max }}", "quota.timeout_max.valeu }}", 14, "", "knows no 'valeu'", "value"),
    (LESSON, "quota.timeout_max }}", "old.timeout_min }}", 14, "", "has no history", None),
    (LESSON, "quota.timeout_max }}", "old.timeout_max.until }}", 14, "", "do not say until when", None),
    (LESSON, "quota.timeout_max }}", "given.rows }}", 14, "", "no name 'given'", None),
    (LESSON, "{{ quota.timeout_max }}", "900 s", 14, "", "the number '900'", None),
    (LESSON, "{{ quota.timeout_max }}", "fifteen minutes", 14, "", "the number 'fifteen'", None),
    (LESSON, '{{ literal(3, "three steps") }}', '{{ "3" }}', 22, "", "the number '3'", None),
    (LESSON, '{{ literal(3, "three steps") }}', "{{ literal(3) }}", 22, "", "literal needs", None),
    (LESSON, "## More\n", "## More {{\n", 22, "", "this is no template", None),
    (LESSON, "Press r.", "Read on.", 12, "", "Press r", None),
    (LESSON, "---\nThis", "This", 1, "", "front matter", None),
    (LESSON, "title: Every limit", "title: [", 4, "", "which begins in line 2: expected", None),
    (LESSON, "{timeout: 3}", "{timeout: 901}", 6, "example.function.timeout", "AWS refuses", None),
    (LESSON, "{timeout: 3}", "{time_out: 3}", 6, "example.function.time_out", "knows no key", "timeout"),
    (LAB, "claims: [LIM-002]", "claims: [LMI-002]", 3, "claims[0]", "no claim", "LIM-002"),
    (LAB, "1400}\n", "1400}\nfoo: 1\n", 5, "foo", "knows no key 'foo'", None),
    (LAB, "There are {{ given.rows }}", "There are 1,400", 6, "task", "the number '1", None),
    (LAB, "in time.", "in 20 seconds.", 8, "task", "the number '20'", None),
    (LAB, "answers with {{ given.rows }}", "answers with {{ given.row }}", 15, "demands[0].says", "no 'row'", "rows"),
    (LAB, "name: all rows", "name: twenty rows", 11, "runs[0].name", "the number 'twenty'", None),
    (LAB, "    event:", "    evnt:", 11, "runs[0].event", "must say event:", None),
    (LAB, "{timeout: 3}", "{timeout: 3, layers: [../x]}", 9, "function.layers", "folders inside the code", None),
    (LAB, "{timeout: 3}", "{timeout: 3, layers: text}", 9, "function.layers", "must be a list", None),
    (LAB, "{timeout: 3}", "{timeout: 3, runtime: 3}", 9, "function.runtime", "must be an identifier", None),
    (LAB, "- id: in_time", "- id: in_tme", 17, "demands[1].id", "no function", "in_time"),
    (LAB, "- id: in_time", "- id: answers", 17, "demands[1].id", "here twice", None),
    (LAB, "needs: [timeout]", "needs: [time]", 16, "demands[0].needs[0]", "no limit 'time'", "timeout"),
    (LAB, "starter_fails: [answers]", "starter_fails: [anwsers]", 19, "starter_fails[0]", "no demand", "answers"),
    (LAB, "[[answers], [answers, in_time]]", "[[answers]]", 20, "rejected_fails", "1 entries for 2 folders", None),
    (LAB, "[[answers], [answers, in_time]]", "[[answers], [intime]]", 20, "rejected_fails[1][0]", "demand", "in_time"),
    (f"{LAB_FOLDER}/checks.py", "def in_time", "def in_time(:\n#", 8, "", "this is no Python", None),
    (f"{LAB_FOLDER}/checks.py", "in_time(runs, given)", "in_time(runs)", 8, "", "takes (runs, given)", None),
    (f"{LAB_FOLDER}/checks.py", "import json", "import boto3", 1, "", "not 'boto3'", None),
    (f"{LAB_FOLDER}/solutions/2/lambda_function.py", "x = 1", "x = ", 1, "", "this is no Python", None),
    (f"{LAB_FOLDER}/solutions/2/template.yaml", "Size: 1", "Size: [", 3, "", "this is no YAML", None),
    (f"{LAB_FOLDER}/hints.md", "## Where to look\n", "", 1, "", "level-two heading", None),
    (f"{LAB_FOLDER}/hints.md", "Read it.", "Read it 20 times.", 5, "", "the number '20'", None),
    (OUTCOME, "asks: outcome", "asks: outcom", 2, "asks", "must be one of", "outcome"),
    (OUTCOME, "predicts: {status: timeout}", "predict: {status: timeout}", 18,
     "options[0].predict", "no key", "predicts"),
    (OUTCOME, "choose: 1", "choose: 2", 14, "choose", "at least one must be wrong", None),
    (OUTCOME, "choose: 1", "choose: 1\ngoal: {status: timeout}", 15, "goal", "no place here", None),
    (OUTCOME, "{wait: 45}", "{weight: 45}", 10, "seeds[1]", "these differ: wait, weight", None),
    (OUTCOME, "DVA-C03", "DVA-C04", 4, "domains.DVA-C04", "no blueprint", "DVA-C03"),
    (OUTCOME, "DVA-C03: 4", "DVA-C03: 3", 4, "domains.DVA-C03", "no content domain 3; it has 1, 4", None),
    (SOLUTION, "domains: {DVA-C03: none}", "domains: {}", 4, "domains", "does not say DVA-C03", None),
    (SOLUTION, "domains: {DVA-C03: none}", "domains: {DVA-C03: 4}\ntasks: {DVA-C03: '4.2'}", 5,
     "tasks.DVA-C03", "lists no task '4.2'", "4.3"),
    (SOLUTION, "domains: {DVA-C03: none}", "domains: {DVA-C03: none}\ntasks: {DVA-C03: '4.3'}", 5,
     "tasks.DVA-C03", "not of the content domain", None),
    (OUTCOME, "as_of: 2026-11-20", "as_of: 2026-13-20", 6, "as_of", "must be a date", None),
    (OUTCOME, "source: https", "source: ftp", 7, "source", "https://", None),
    (OUTCOME, "difficulty: 1", "difficulty: 4", 5, "difficulty", "from 1 to 3", None),
    (OUTCOME, "id: goes-on", "id: stopped", 20, "options[1].id", "here twice", None),
    (OUTCOME, "predicts: {status: null}", "predicts: {status: '=> 3'}", 22,
     "options[1].predicts.status", "comparison", None),
    (OUTCOME, "observed.billed_ms", "observed.biled_ms", 19, "options[0].why", "observed no 'biled_ms'", "billed_ms"),
    (OUTCOME, "mistake: forgets the timeout\n    ", "", 20, "options[1].id", "must say mistake:", None),
    (SOLUTION, "least: cost", "least: effort", 14, "options[0].effort", "must say effort", None),
    (SOLUTION, "goal: {ended: done}\n", "", 1, "goal", "must say goal", None),
    (SOLUTION, "    change: {ephemeral", "    key: true\n    change: {ephemeral", 16,
     "options[0].key", "no place here", None),
    (FACT, "key: true, ", "", 9, "choose", "0 options have key: true", None),
    (FACT, ", mistake: an old value", "", 12, "options[1].id", "must say mistake:", None),
    (FACT, "why: It was true for long.", "why: 'Was {{ observed.x }} true.'", 12,
     "options[1].why", "no name 'observed'", None),
    (CLAIMS, "id: LIM-003", "id: LIM-002", 13, "[2].id", "here twice", None),
    (CLAIMS, "id: LIM-003", "id: LIMIT-3", 13, "[2].id", "three digits", None),
    (CLAIMS, "experiment: stops", "experiment: stop", 10, "[1].experiment", "no experiment", "stops"),
    (CLAIMS, "  holds: {status: timeout}\n", "", 6, "[1].holds", "must say holds", None),
    (CLAIMS, "*stops", "{timeout: 2}", 18, "[2].given", "share given", None),
    ("data/claims/limits/stops.py", "import time", "import numpy", 1, "", "not 'numpy'", None),
    ("data/claims/limits/stops.py", "def observe", "def obsrve", 1, "", "needs a function observe", None),
    ("scenarios/limits/fits/experiment.py", "def observe(stage", "def observe(stage:", 1, "", "no Python", None),
    ("lessons/course.yaml", "[every-limit]", "[every-limt]", 4, "units[0].lessons[0]", "no lesson", "every-limit"),
    ("lessons/course.yaml", "id: limits", "id: Limits", 2, "units[0].id", "is no id", None),
    ("data/blueprints/dva.yaml", "weight: 70", "weight: 60", 13, "domains", "add up to 90, not to 100", None),
    ("data/blueprints/dva.yaml", "number: 4", "number: 1", 13, "domains", "the same number", None),
    ("data/blueprints/dva.yaml", '"4.3"', '"3.4"', 14, 'domains[1].tasks.3.4', "a task of content domain 4", None),
    ("data/blueprints/dva.yaml", "pass_mark", "passmark", 8, "passmark", "no key 'passmark'", "pass_mark"),
    ("data/glossary.yaml", "A name", "12 names", 2, "terms[0].means", "the number '12'", None),
    ("data/runtimes.yaml", "2029-06-30", "2029-06-31", 4, "runtimes[0].deprecation", "must be a date", None),
    ("data/topics.yaml", "prefix: LIM", "prefx: LIM", 2, "topics[0].prefx", "no key 'prefx'", "prefix"),
    ("data/quotas.yaml", "value: 128", "value: lots", 2, "memory_size_min.value", "must be a whole number or", None),
    ("data/quotas.yaml", "timeout_max:", "timeout_mx:", 1, "timeout_max", "the program needs this key", None),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "key", "message", "near"), BROKEN)
def test_what_is_wrong_is_told_where_it_is(
    root: Path, file: str, old: str, new: str, line: int, key: str, message: str, near: str | None
) -> None:
    """Each slip is told with its file, its line, its key and the nearest valid name."""
    change(root, file, old, new)
    told = validate(root).problems
    found = [p for p in told if p.file == file and p.line == line and message in p.message]
    assert found, "\n".join(map(str, told))
    assert key in found[0].key
    assert near is None or found[0].nearest == near


def test_a_broken_blueprint_is_one_problem(root: Path) -> None:
    """Each question refers to it; none of them is wrong for that."""
    change(root, "data/blueprints/dva.yaml", "weight: 70", "weight: 60")
    (told,) = problems(root)
    assert (told.file, told.message) == ("data/blueprints/dva.yaml", "the weights add up to 90, not to 100")


def test_all_problems_are_told_at_once(root: Path) -> None:
    """A broken lesson does not hide a broken lab, question or claim, nor one slip the next in the same file."""
    change(root, LESSON, "minutes: 6", "minuts: 6")
    change(root, LESSON, "{{ quota.timeout_max }}", "900 s")
    change(root, LAB, "1400}\n", "1400}\nfoo: 1\n")
    change(root, OUTCOME, "difficulty: 1", "difficulty: 4")
    change(root, CLAIMS, "id: LIM-003", "id: LIMIT-3")
    assert {(p.file, p.line) for p in problems(root)} >= {
        (LESSON, 3),
        (LESSON, 14),
        (LAB, 5),
        (OUTCOME, 5),
        (CLAIMS, 13),
    }


@pytest.mark.parametrize(
    ("gone", "file", "message"),
    [
        ("lessons/limits/every-limit/lesson.md", "lessons/limits/every-limit/lesson.md", "missing"),
        (f"{LAB_FOLDER}/hints.md", f"{LAB_FOLDER}/hints.md", "missing"),
        (f"{LAB_FOLDER}/checks.py", f"{LAB_FOLDER}/checks.py", "missing"),
        (f"{LAB_FOLDER}/rejected/1", f"{LAB_FOLDER}/rejected", "without a gap"),
        (f"{LAB_FOLDER}/solutions/2", LAB, "at least two folders in solutions/"),
        (f"{LAB_FOLDER}/starter", f"{LAB_FOLDER}/starter", "missing or empty"),
        ("scenarios/limits/stopped/experiment.py", "scenarios/limits/stopped/experiment.py", "missing"),
        ("scenarios/limits/stopped/proof.json", OUTCOME, "run tutor prove limits/stopped --record"),
        ("data/claims/limits/stops.proof.json", CLAIMS, "run tutor prove LIM-002 --record"),
        ("data/claims/limits/stops.py", CLAIMS, "no experiment beside"),
        ("data/topics.yaml", "data/topics.yaml", "missing"),
        ("data/quotas.yaml", "data/quotas.yaml", "missing"),
        ("lessons/course.yaml", "lessons/course.yaml", "missing"),
        ("lessons/limits/every-limit/example", "lessons/limits/every-limit/example", "missing or empty"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told(root: Path, gone: str, file: str, message: str) -> None:
    """A file or folder that is not there is named."""
    path = root / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert any(p.file == file and message in p.message for p in validate(root).problems)


@pytest.mark.parametrize(
    ("left", "message"),
    [
        ("lessons/limits/every-limt/lesson.md", "not in lessons/course.yaml"),
        (f"{LESSON.removesuffix('lesson.md')}labs/other/lab.yaml", "not among labs"),
        ("scenarios/limit/question/scenario.yaml", "no topic 'limit'"),
        ("scenarios/limits/most/experiment.py", "asks: fact"),
        ("data/claims/limits/unused.py", "no claim names this experiment"),
        ("data/claims/limits/unused.proof.json", "no claim names the experiment"),
        ("data/claims/limit/claims.yaml", "no topic 'limit'"),
    ],
)  # fmt: skip
def test_what_nothing_names_is_told(root: Path, left: str, message: str) -> None:
    """A file or folder that nothing names is told, so that none is forgotten."""
    path = root / left
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n", encoding="utf-8")
    assert any(message in p.message for p in problems(root))


def test_an_empty_folder_is_told_file_by_file(tmp_path: Path) -> None:
    """Where there is no content at all, each file that must be there is named."""
    files = {problem.file for problem in validate(tmp_path).problems}
    assert {"data/quotas.yaml", "data/pricing.yaml", "data/topics.yaml", "lessons/course.yaml"} <= files


def test_a_stale_proof_is_told_with_its_cure(root: Path) -> None:
    """A changed experiment makes the proof stale, and the problem names the command."""
    change(root, "scenarios/limits/stopped/experiment.py", "1000", "2000")
    change(root, "data/claims/limits/stops.py", "False", "not True")
    messages = [p.message for p in validate(root).problems]
    assert sum("is stale" in message for message in messages) == 3
    assert any(message.endswith("run tutor prove limits/stopped --record") for message in messages)


def test_a_key_of_another_size_is_told(root: Path) -> None:
    """A recorded key that has not as many options as choose: says is an error."""
    proof = root / "scenarios/limits/stopped/proof.json"
    proof.write_text(proof.read_text().replace('"stopped"\n', '"stopped",\n        "goes-on"\n'))
    assert any("the recorded key has 2 options" in p.message for p in validate(root).problems)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"hash": 3}', '{"hash": "", "date": "", "enforcement": [], "seeds": [1]}']
)
def test_a_damaged_proof_is_told(root: Path, text: str) -> None:
    """A proof file that is no proof is a problem of that file."""
    (root / "scenarios/limits/stopped/proof.json").write_text(text)
    assert any(
        p.file == "scenarios/limits/stopped/proof.json" and "no proof" in p.message for p in validate(root).problems
    )
