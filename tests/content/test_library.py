"""``ContentLibrary``: what the use cases get, what is cheap, and what happens with broken content."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from tests.content.tree import CLAIMS, FACT, LAB, LESSON, OUTCOME, SOLUTION, change, plant, record
from tutor.content.library import ContentLibrary
from tutor.content.proofs import read_proof
from tutor.errors import ContentError, UsageError
from tutor.usecases.library import Library
from tutor.usecases.prove import Proofs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course that holds together."""
    return plant(tmp_path / "content")


def open_library(root: Path) -> ContentLibrary:
    """A library as a new session has it."""
    return ContentLibrary(root, root / ".cache")


@pytest.fixture
def library(root: Path) -> ContentLibrary:
    """The library of that course."""
    return open_library(root)


def test_it_is_what_the_use_cases_ask_for(library: ContentLibrary) -> None:
    """The library fits the Protocols of the use cases."""

    def joined(asked: Library, kept: Proofs) -> bool:
        return bool(asked.scenario_ids()) and hasattr(kept, "write_claim_proof")

    assert joined(library, library)


def test_the_course_map_has_titles_and_order(library: ContentLibrary) -> None:
    """Units, lessons and labs by id and title, with their claims and quiz."""
    (unit,) = library.course_map().units
    (lesson,) = unit.lessons
    assert (unit.id, unit.number, unit.title) == ("limits", 1, "Limits")
    assert (lesson.id, lesson.title, lesson.minutes) == ("limits/every-limit", "Every limit", 6)
    assert lesson.labs == (("limits/every-limit/too-slow", "Too slow"),)
    assert (lesson.quiz, lesson.claims) == (("limits/stopped", "limits/most"), ("LIM-001", "LIM-002"))


def test_a_kept_course_map_needs_no_parser(root: Path) -> None:
    """The first frame is painted from the index: no YAML, template or Markdown library is imported for it."""
    code = (
        "import sys; from pathlib import Path; from tutor.content.library import ContentLibrary; "
        f"course = ContentLibrary(Path({str(root)!r}), Path({str(root / '.cache')!r})).course_map(); "
        "heavy = ('ruamel.yaml', 'jinja2', 'markdown_it', 'difflib'); "
        "print(course.units[0].title, [name for name in heavy if name in sys.modules])"
    )
    said = [subprocess.check_output([sys.executable, "-c", code], text=True).strip() for _ in range(2)]
    assert said == ["Limits ['ruamel.yaml', 'jinja2', 'markdown_it', 'difflib']", "Limits []"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("lessons/course.yaml", "title: Limits", "title: Edges"),
        (LESSON, "title: Every limit", "title: Each limit"),
        (LAB, "title: Too slow", "title: Much too slow"),
    ],
)
def test_a_changed_file_makes_the_course_map_anew(root: Path, file: str, old: str, new: str) -> None:
    """The index is never older than what it was made from."""
    before = open_library(root).course_map()
    assert open_library(root).course_map() == before
    change(root, file, old, new)
    after = open_library(root).course_map()
    assert after != before
    assert open_library(root).course_map() == after


def test_the_course_map_works_without_a_cache(root: Path, tmp_path: Path) -> None:
    """A cache that cannot be written costs time and nothing else."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    assert ContentLibrary(root, blocked).course_map().units


def test_a_broken_lesson_is_on_the_map_and_breaks_no_other(root: Path) -> None:
    """One broken lesson can still be seen, and its problems are told when it is opened."""
    change(root, LESSON, "title: Every limit", "title: [")
    library = open_library(root)
    assert [lesson.title for lesson in library.course_map().lessons] == ["limits/every-limit"]
    with pytest.raises(ContentError, match="no YAML"):
        library.lesson("limits/every-limit")
    assert library.claim("LIM-001").id == "LIM-001"
    assert library.scenario("limits/most").asks == "fact"


def test_a_lesson_is_filled_in(library: ContentLibrary, root: Path) -> None:
    """The text has its numbers, the example its settings with AWS's defaults, the lab its values."""
    lesson = library.lesson("limits/every-limit")
    assert "It may have 10,240 MB and run for 900 seconds" in lesson.text
    assert "A list has 3 steps." in lesson.text
    assert (lesson.example.function.timeout, lesson.example.function.memory_size) == (3, 128)
    assert lesson.example.function.handler == "lambda_function.lambda_handler"
    assert lesson.example.runs[0].event == {"name": "Ada"}
    (lab,) = lesson.labs
    assert lab == library.lab("limits/every-limit/too-slow")
    assert lab.task == "There are 1,400 rows, `[1400]`.\n\nMake it answer in time."
    assert lab.runs[0].event == {"rows": 1400}
    assert [demand.says for demand in lab.demands] == ["answers with 1,400 rows", "in time"]
    assert lab.hints == ("## Where to look\nAt the log.", "## What to do\nRead it.")
    assert (lab.starter_fails, lab.rejected_fails) == (("answers",), (("answers",), ("answers", "in_time")))
    assert lab.solutions == tuple(root / "lessons/limits/every-limit/labs/too-slow/solutions" / n for n in "12")


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        (LAB, "timeout: 3", "timeout: 4", False),
        (LAB, "1400", "1401", False),
        (LAB, "needs: [timeout]", "needs: [memory]", False),
        ("lessons/limits/every-limit/labs/too-slow/checks.py", "in time", "IN TIME", False),
        (LAB, "title: Too slow", "title: Slow", True),
        (LAB, "Make it", "Let it", True),
    ],
)
def test_a_lab_s_hash_changes_with_what_can_change_a_grade(
    root: Path, library: ContentLibrary, file: str, old: str, new: str, same: bool
) -> None:
    """A mended word is no new lab; another setting, value, limit or check is."""
    before = library.lab("limits/every-limit/too-slow").content_hash
    change(root, file, old, new)
    assert (open_library(root).lab("limits/every-limit/too-slow").content_hash == before) is same


def test_claims_are_filled_in(library: ContentLibrary) -> None:
    """A claim by source has no experiment; claims that share one share its proof."""
    first, second, third = library.claims()
    assert first.says == "Memory is set from 128 MB to 10,240 MB."
    assert first.older == "Until 1 December 2020 it ended at 3,008 MB."
    assert (first.experiment, first.given, first.holds, first.proof_hash) == (None, None, None, None)
    assert second.given == third.given == {"timeout": 1}
    assert second.proof_hash == third.proof_hash
    assert library.claim_proof("LIM-002") == library.claim_proof("LIM-003") is not None
    assert library.claim_proof("LIM-001") is None
    assert [[claim.id for claim in group] for group in library.experiments()] == [["LIM-002", "LIM-003"]]


def test_a_broken_claim_breaks_no_other(root: Path) -> None:
    """Asking for it raises its own problems; all others are there."""
    change(root, CLAIMS, "as_of: 2026-11-20", "as_of: today")
    library = open_library(root)
    assert [claim.id for claim in library.claims()] == ["LIM-002", "LIM-003"]
    with pytest.raises(ContentError, match=r"claims\.yaml:4: .*as_of must be a date"):
        library.claim("LIM-001")


def test_a_broken_file_of_claims_is_told_for_its_claims(root: Path) -> None:
    """Where a topic's file is no YAML, its claims are not unknown: they are broken."""
    change(root, CLAIMS, "- id: LIM-001", "- id: [")
    with pytest.raises(ContentError, match="no YAML"):
        open_library(root).claim("LIM-002")


def test_a_question_is_filled_in_for_its_seed(library: ContentLibrary) -> None:
    """Stem, options and explanations have the seed's numbers and what the recorded run saw."""
    assert library.scenario_ids() == ("limits/fits", "limits/most", "limits/stopped")
    assert [library.seeds(name) for name in library.scenario_ids()] == [1, 1, 2]
    question = library.scenario("limits/stopped", 1)
    assert "A partner takes 45 seconds to answer.\nWhat happens?" in question.stem
    assert question.given == {"wait": 45}
    assert [option.predicts for option in question.options] == [{"status": "timeout"}, {"status": None}]
    assert question.options[0].why == "It was, and 1,000 ms were billed."
    assert library.scenario("limits/fits").options[0].change == {"ephemeral_storage": 1024}
    assert library.scenario("limits/fits").options[1].change == {"memory_size": 10240}


def test_the_key_comes_from_the_proof_or_the_source(library: ContentLibrary) -> None:
    """What a run decides is read from the record; a fact is as written."""
    assert library.key("limits/stopped", 1) == ("stopped",)
    assert library.key("limits/fits") == ("storage",)
    assert library.key("limits/most") == ("new",)
    assert library.scenario_proof("limits/most") is None


@pytest.mark.parametrize(
    ("file", "old", "new", "stale"),
    [
        (OUTCOME, "predicts: {status: timeout}", "predicts: {status: error}", True),
        (OUTCOME, "wait: 45", "wait: 46", True),
        ("scenarios/limits/stopped/experiment.py", "1000", "1001", True),
        (OUTCOME, "id: goes-on", "id: goes", True),
        (OUTCOME, "What happens?", "What comes then?", False),
        (OUTCOME, "why: The status", "why: Its status", False),
        ("data/quotas.yaml", "value: 10240", "value: 10241", False),
    ],
)
def test_a_stale_proof_decides_nothing(root: Path, file: str, old: str, new: str, stale: bool) -> None:
    """A change of what decides the key makes the proof stale; a mended sentence does not."""
    change(root, file, old, new)
    library = open_library(root)
    if not stale:
        assert library.key("limits/stopped") == ("stopped",)
        return
    with pytest.raises(ContentError, match="run tutor prove limits/stopped --record"):
        library.key("limits/stopped")
    assert library.scenario("limits/stopped").seed == 0


def test_a_quota_that_was_read_is_part_of_the_proof(root: Path) -> None:
    """A proof that used a quota is stale when the quota has another value."""
    change(root, "data/quotas.yaml", "value: 10240", "value: 10241")
    with pytest.raises(ContentError, match="is stale"):
        open_library(root).key("limits/fits")


def test_a_quota_that_was_only_looked_at_is_part_of_the_proof(root: Path) -> None:
    """A proof depends on every figure that was read, also where its value does not show in what was tried."""
    looked = '"{{ 512 if quota.timeout_max.value > 5 else 256 }}"'
    change(root, SOLUTION, '"{{ quota.memory_size_max }}"', looked)
    record(root)
    assert open_library(root).key("limits/fits") == ("storage",)
    change(root, "data/quotas.yaml", "value: 900", "value: 901")
    with pytest.raises(ContentError, match="is stale"):
        open_library(root).key("limits/fits")


def test_without_a_proof_a_question_can_be_read_but_not_scored(root: Path) -> None:
    """A new question can be looked at; scoring names the command that decides it."""
    (root / "scenarios/limits/stopped/proof.json").unlink()
    library = open_library(root)
    assert "(not yet recorded)" in library.scenario("limits/stopped").options[0].why
    assert library.scenario_proof("limits/stopped") is None
    with pytest.raises(ContentError, match="no recorded proof: run tutor prove limits/stopped --record"):
        library.key("limits/stopped")


def test_a_question_s_hash_is_that_of_what_a_learner_sees(root: Path, library: ContentLibrary) -> None:
    """It changes with seed and text, not with a measurement that moved at a new recording."""
    before = library.scenario("limits/stopped")
    assert before.content_hash != library.scenario("limits/stopped", 1).content_hash
    proof = library.scenario_proof("limits/stopped")
    assert proof is not None
    seeds = tuple(
        dataclasses.replace(seed, observed={"": {"status": "timeout", "billed_ms": 1007}}) for seed in proof.seeds
    )
    library.write_scenario_proof("limits/stopped", dataclasses.replace(proof, seeds=seeds))
    again = library.scenario("limits/stopped")
    assert "1,007 ms" in again.options[0].why
    assert again.content_hash == before.content_hash
    change(root, OUTCOME, "It goes on.", "It just goes on.")
    assert open_library(root).scenario("limits/stopped").content_hash != before.content_hash


def test_a_proof_is_written_in_one_step_and_stable(root: Path, library: ContentLibrary) -> None:
    """Writing the same proof again changes no byte and leaves nothing beside it."""
    path = root / "scenarios/limits/stopped/proof.json"
    before = path.read_bytes()
    assert before.endswith(b"}\n")
    proof = read_proof(path)
    assert proof is not None
    library.write_scenario_proof("limits/stopped", proof)
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["experiment.py", "proof.json", "scenario.yaml"]


def test_there_is_no_proof_to_write_for_what_is_known_by_source(library: ContentLibrary) -> None:
    """Recording one would pretend a run."""
    proof = library.claim_proof("LIM-002")
    assert proof is not None
    with pytest.raises(UsageError, match="by source only"):
        library.write_claim_proof("LIM-001", proof)


@pytest.mark.parametrize(
    ("method", "name", "near"),
    [
        ("lesson", "limits/every-limt", "limits/every-limit"),
        ("lab", "limits/every-limit/to-slow", "limits/every-limit/too-slow"),
        ("claim", "LIM-01", "LIM-001"),
        ("scenario", "limits/stoped", "limits/stopped"),
        ("key", "limits/stoped", "limits/stopped"),
        ("seeds", "limits/stoped", "limits/stopped"),
        ("scenario_proof", "limits/stoped", "limits/stopped"),
        ("claim_proof", "LIM-01", "LIM-001"),
    ],
)
def test_an_unknown_id_is_told_with_the_nearest_one(library: ContentLibrary, method: str, name: str, near: str) -> None:
    """A typing slip is one sentence that shows the right name."""
    with pytest.raises(UsageError) as caught:
        getattr(library, method)(name)
    assert repr(name) in str(caught.value)
    assert repr(near) in str(caught.value)


def test_a_seed_that_does_not_exist_is_refused(library: ContentLibrary) -> None:
    """There is no way to be asked at a seed that was never proven."""
    with pytest.raises(UsageError, match="seeds 0 to 1"):
        library.scenario("limits/stopped", 2)


def test_broken_questions_raise_their_problems(root: Path) -> None:
    """The one asked for is broken, its neighbours are not."""
    change(root, FACT, "choose: 1", "choose: one")
    change(root, SOLUTION, "{{ given.room }}", "{{ given.rom }}")
    library = open_library(root)
    for name in ("limits/most", "limits/fits"):
        with pytest.raises(ContentError):
            library.scenario(name)
    assert library.key("limits/stopped") == ("stopped",)
