"""``tutor exam`` and ``tutor quiz``: a sitting in plain lines, through a pipe, with all that the screens can do."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import NOON, SmallParts
from tests.tui.walk import play
from tutor.cli import main
from tutor.study.sitting import Phase

Sit = Callable[..., tuple[int, str, str]]


class Setting:
    """A small tutor, its clock, and what a person types."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.at = NOON
        self.parts = SmallParts(root, FakeFunctions(play), now=self.now)
        self._monkeypatch, self._capsys = monkeypatch, capsys
        monkeypatch.setattr("tutor.wiring.Tutor.sit_exam", self.parts.sit_exam)
        monkeypatch.setattr("tutor.wiring.Tutor.plan_reviews", self.parts.plan_reviews)
        monkeypatch.setattr("tutor.wiring.Tutor.answer_question", self.parts.answer_question)

    def now(self) -> datetime:
        return self.at

    def run(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command to which this was typed."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main(list(arguments))
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Setting:
    return Setting(tmp_path, monkeypatch, capsys)


def test_a_whole_exam_goes_through_a_pipe(setting: Setting) -> None:
    """Answers, a flag, a note, how sure; blanks are told before the end; then the score, and every option explained."""
    typed = "1\nk sure\nf\nt mind the role\nn\nx 2\nm\nj 1\nd\nd y\n"
    code, out, err = setting.run("exam", "lambda", "--plain", typed=typed)
    assert code == 0
    assert "Question 1 of 3. 8 minutes 0 seconds left." in out
    assert "1: answered, flagged\n2: blank\n3: not seen\n" in out
    assert "Note: mind the role" in out
    assert "Option 2 is struck out." in err
    assert "Blank: 2, 3." in err
    assert "d y hands in nevertheless" in err
    assert "Lambda only: " in out
    assert "Source: https://" in out
    (record,) = setting.parts.memory.sittings()
    assert record.now.phase is Phase.SUBMITTED
    assert len(setting.parts.memory.kept_answers) == 1


def test_nothing_is_drawn(setting: Setting) -> None:
    """No escape sequence, no box, no block: only letters that a screen reader reads."""
    _, out, err = setting.run("exam", "DVA-C03", "--plain", typed="1\nn\n1 2\nm\n?\nd y\n")
    assert not set(out + err) & set("\x1b│─╭╮╰╯█▸●○⚑✓✗")


def test_an_exam_explains_nothing_before_its_end(setting: Setting) -> None:
    """Neither an answer nor s nor o tells anything; practice does at once."""
    _, out, err = setting.run("exam", "lambda", "--plain", typed="1\ns\no\n")
    assert "wrong" not in out
    assert err.count("before the end") == 2
    _, out, _ = setting.run("quiz", "--topic", "limits", typed="1\n1 2\no\n")
    assert "your answer" in out
    assert "LIM-00" in out


def test_what_was_left_is_resumed_and_its_clock_has_gone_on(setting: Setting) -> None:
    """The end of the input leaves the sitting; --resume goes on where it was, with less time."""
    _, _, err = setting.run("exam", "quiz", "--plain", typed="n\n1\n")
    assert "its clock goes on" in err
    setting.at += timedelta(minutes=4)
    _, out, _ = setting.run("exam", "--resume", typed="m\nq\n")
    assert "Question 2 of 3. 6 minutes 0 seconds left." in out
    assert "2: answered" in out
    setting.at += timedelta(days=1)
    code, out, err = setting.run("exam", "--resume", typed="1\n")
    assert code == 0
    assert "The time is up: handed in with what was answered." in err
    assert "10-minute quiz: " in out
    assert len(setting.parts.memory.kept_answers) == 1
    code, _, err = setting.run("exam", "--resume")
    assert code == 2
    assert "no sitting to go on with" in err


def test_one_whose_time_ran_out_is_told_beside_the_one_that_goes_on(setting: Setting) -> None:
    """Nobody looks in vain for what the clock handed in."""
    setting.run("exam", "quiz", "--plain", typed="q\n")
    setting.run("exam", "weakest", "--plain", "--practice", typed="q\n")
    setting.at += timedelta(days=1)
    _, out, err = setting.run("exam", "--resume", typed="q\n")
    assert "The time of 10-minute quiz ran out meanwhile: handed in with 0 of 3 answered." in err
    assert "No time limit." in out


def test_the_sitting_that_is_named_is_resumed(setting: Setting) -> None:
    """Who names a paper goes on with that one, or is told that there is none of it; which one it is stands there."""
    setting.run("exam", "quiz", "--plain", typed="1\nq\n")
    setting.at += timedelta(minutes=1)
    setting.run("exam", "weakest", "--plain", "--practice", typed="q\n")
    _, out, err = setting.run("exam", "quiz", "--resume", typed="q\n")
    assert "Going on with 10-minute quiz, exam: 1 of 3 questions answered." in err
    assert "9 minutes 0 seconds left." in out
    _, _, err = setting.run("exam", "--resume", typed="q\n")
    assert "Going on with Weakest claims, practice: 0 of 3 questions answered." in err
    code, _, err = setting.run("exam", "lambda", "--resume")
    assert (code, "There is no sitting of Lambda only to go on with" in err) == (2, True)


def test_a_past_sitting_is_looked_back_at(setting: Setting) -> None:
    """The result again, then question by question, explained; what was run on the screen runs here as well."""
    setting.run("exam", "lambda", "--plain", typed="1\nk sure\nf\nt mind the role\nd y\n")
    code, out, err = setting.run("exam", "--past", typed="?\np\nm\nj 1\nr\nc\no\nj 9\nsell\nn\nn\nn\nn\nq\n")
    assert code == 0
    assert "Lambda only: " in out
    assert "Question 1 of 3. flagged, sure, 0 seconds." in out
    assert "Note: mind the role" in out
    assert "Source: https://" in out
    assert "LIM-00" in out
    assert "2: blank\n3: blank\n" in out
    assert "This is the first one" in err
    assert "The questions are 1 to 3." in err
    assert "no command 'sell'" in err
    assert not set(out + err) & set("\x1b│─╭╮╰╯█▸●○⚑✓✗")
    _, listed, _ = setting.run("exam", "--history")
    assert listed.startswith("1. Lambda only, exam, ")
    assert setting.run("exam", "--past", "1")[1].count("Question ") >= 1
    code, _, err = setting.run("exam", "--past", "2")
    assert (code, "The sittings are 1 to 1" in err) == (2, True)


def test_what_was_changed_since_is_told_in_looking_back(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts nothing, and nothing of it is explained."""
    setting.run("exam", "lambda", "--plain", typed="d y\n")
    setting.parts.library.change_scenario("limits/two-of-four")
    monkeypatch.setattr("tutor.wiring.Tutor.sit_exam", replace(setting.parts.sit_exam, _hashes={}))
    _, out, _ = setting.run("exam", "--past", typed="m\nj 1\nj 2\nj 3\n")
    assert ": changed since" in out
    assert out.count("It was changed since the paper was composed") >= 1


def test_without_anything_handed_in_there_is_nothing_to_look_back_at(setting: Setting) -> None:
    """A sentence, and exit code 2."""
    code, _, err = setting.run("exam", "--past")
    assert (code, "No sitting has been handed in yet." in err) == (2, True)


def test_a_name_is_looked_at_before_the_room_opens(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt one is refused; a known one, and --practice, go to the room."""
    opened: list[object] = []

    def run(*given: object) -> int:
        opened.append(given)
        return 0

    monkeypatch.setattr("tutor.cli.app.run", run)
    code, _, err = setting.run("exam", "DVA-C04")
    assert (code, opened) == (2, [])
    assert "did you mean 'DVA-C03'?" in err
    assert setting.run("exam", "quiz", "--practice")[0] == 0
    assert setting.run("exam")[0] == 0
    assert opened == [("exam", "quiz", "practice"), ("exam", "", None)]


def test_time_up_hands_in(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed after the end changes nothing; what was answered before it counts."""

    class Slow(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]
            line = super().readline()
            setting.at += timedelta(minutes=6)
            return line

    monkeypatch.setattr("io.StringIO", Slow)
    _, out, err = setting.run("exam", "quiz", "--plain", typed="1\n2\n3\n")
    assert "The time is up" in err
    assert "10-minute quiz: " in out
    assert len(setting.parts.memory.kept_answers) == 1


def test_practice_can_pause(setting: Setting) -> None:
    """z stops the clock until Enter; an exam refuses it."""
    _, _, err = setting.run("quiz", "--minutes", "5", typed="z\n\nq\n")
    assert "Paused: the clock stands still." in err
    _, _, err = setting.run("exam", "quiz", "--plain", typed="z\nq\n")
    assert "cannot be paused" in err


def test_a_setting_is_changed_in_plain_lines(setting: Setting) -> None:
    """c lists what can be changed, c 1=9 runs it so beside what is recorded; what is wrong is told."""
    typed = "1\nc\nc 1=9\nc 1=x\nc 9=1\nc 1=900\ns\nq\n"
    for _ in range(20):
        _, out, err = setting.run("quiz", "--claim", "LIM-005", "--count", "1", typed=typed)
        if "1. function: timeout 1 s (1 to 900 s)" in out:
            break
    assert "Run again with function: timeout 9 s, was 1 s: 1 invocations" in out
    assert "Observed: status timeout, billed ms 1000." in out
    assert "agrees with the recorded key" in out
    assert "is a number, not 'x'" in err
    assert "'9=1' changes nothing" in err
    assert "at most 60 s" in err


def test_what_is_due_is_reviewed_in_plain_lines(setting: Setting) -> None:
    """Nothing is due at first; nine days after an answer its claim is asked, and kept as a review."""
    _, _, err = setting.run("quiz", "--review")
    assert "Nothing is due for review now." in err
    setting.run("quiz", "--cram", "--count", "1", typed="1\n1 2\n")
    _, _, err = setting.run("quiz", "--review")
    assert "Nothing is due" in err
    asking = setting.parts.answer_question
    asking.answer(asking.ask("limits/timeout-kills"), (), 1, None, "quiz")
    setting.at += timedelta(days=9)
    code, out, err = setting.run("quiz", "--review", typed="9\nk sure\nk so\n1\n1 2\n1\no\n?\nx\n")
    assert code == 0
    assert "Question 1 of 1." in out
    assert "LIM-005: A function is stopped" in out
    assert "There is no command 'x'" in err
    assert "has been answered" in err
    answers = setting.parts.memory.kept_answers
    assert [(answer.mode, answer.confidence) for answer in answers] == [
        ("cram", None),
        ("quiz", None),
        ("review", "sure"),
    ]
    assert setting.run("quiz", "--review", "--topic", "limits")[0] == 2


def test_the_result_tells_claims_times_and_what_to_study(setting: Setting) -> None:
    """By claim, the seconds of each question, the chance to pass with its interval, the lesson and the lab."""
    _, out, _ = setting.run("exam", "lambda", "--plain", typed="d y\n")
    assert "Claims missed: LIM-005 0 of 3." in out
    assert "Seconds: 1. 0, 2. 0, 3. 0." in out
    assert "Next: the lesson limits/every-limit, Every limit, and who enforces it" in out
    assert "Then: the lab limits/every-limit/outgrows-memory" in out
    assert "Probability of passing" not in out
    _, out, _ = setting.run("exam", "lambda", "--plain", typed="1\nn\n1\nd y\n")
    assert "Probability of passing the Lambda part of DVA-C03 today: " in out


def test_what_is_typed_wrong_is_a_sentence(setting: Setting) -> None:
    """An option that is not there, too many, a word that is none: said, and nothing changes."""
    _, _, err = setting.run("exam", "lambda", "--plain", typed="9\n1 2 1 2 3\nj 99\nj x\nk maybe\nsell\nx\nq\n")
    for told in ("The options are 1 to ", "asks for ", "The questions are 1 to 3", "'x' is no", "k guess", "'sell'"):
        assert told in err
    (record,) = setting.parts.memory.sittings()
    assert all(not question.chosen for question in record.now.questions)


def test_what_can_be_sat_is_listed(setting: Setting) -> None:
    """--list tells each paper with what the bank lacks; with --json each is an object; --history what was handed in."""
    _, out, _ = setting.run("exam", "--list")
    assert "DVA-C03: DVA-C03  Certified Developer, 2 of 4 questions, 4 minutes. Development wants 2" in out
    _, out, _ = setting.run("exam", "--list", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert all({"id", "status", "why"} <= set(row) for row in rows)
    assert {row["id"] for row in rows} >= {"DVA-C03", "lambda", "quiz", "weakest"}
    setting.run("exam", "lambda", "--plain", typed="d y\n")
    _, out, _ = setting.run("exam", "--history", "--json")
    (past,) = [json.loads(line) for line in out.splitlines()]
    assert (past["status"], past["right"]) == ("handed in", 0)
    _, out, _ = setting.run("quiz", "--list")
    assert out == "limits: 3 questions\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("exam", "DVA-C04", "--plain"), "did you mean 'DVA-C03'?"),
        (("quiz", "--topic", "limit"), "did you mean 'limits'?"),
        (("quiz", "--claim", "LIM-9"), "No question is about the claim"),
        (("quiz", "--count", "0"), "no number of 1 or more"),
        (("quiz", "--difficulty", "3"), "No question is of that choice"),
    ],
)
def test_what_is_not_there_is_refused(setting: Setting, arguments: tuple[str, ...], told: str) -> None:
    """A misspelt name ends with 2 and the nearest one; nothing is begun."""
    code, out, err = setting.run(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert setting.parts.memory.sittings() == ()


def test_without_a_terminal_the_room_names_the_way_out(setting: Setting) -> None:
    """``tutor exam`` in a pipe says that --plain needs no terminal."""
    code, _, err = setting.run("exam")
    assert code == 2
    assert "tutor exam --plain" in err
