"""Changing a setting and running it again: every question that a run decides has something to change, and stands it."""

import pytest

from tutor import locations
from tutor.content.library import ContentLibrary
from tutor.usecases.answer_question import Question
from tutor.usecases.setting import Setting, Value
from tutor.wiring import Tutor

LEAST = 40
"""So many questions must have a setting of their own to change, beside a function's defaults."""


def computed() -> list[str]:
    library = ContentLibrary(locations.content_root(), locations.cache())
    return [name for name in library.scenario_ids() if library.scenario(name).asks != "fact"]


def other(setting: Setting) -> Value:
    """Another value that is quick to try."""
    if isinstance(setting.value, bool):
        return not setting.value
    if setting.name == "timeout":
        return 5 if setting.value > 30 else setting.value + 1
    return setting.value * 2 if setting.value else 1


@pytest.mark.parametrize("topic", ["configuration", "invocation"])
def test_a_situation_can_be_changed_and_run_again(topic: str) -> None:
    """Promise: it finds its settings, and a changed one gives an outcome or a sentence, beside what is recorded."""
    assert try_settings(next(name for name in computed() if name.startswith(f"{topic}/")), 2)


@pytest.mark.wide
def test_every_situation_can_be_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """Promise: every question decided by a run has settings; whatever is changed, there is an outcome or a sentence."""
    named = 0
    for name in computed():
        found = try_settings(name, 4)
        named += any(title.split(": ")[1] not in ("memory size", "timeout", "ephemeral storage") for title in found)
    with capsys.disabled():
        print(f"\n{len(computed())} situations can be changed, {named} in more than their function's size and timeout")
    assert named >= LEAST


def try_settings(name: str, most: int) -> dict[str, str]:
    """Run it, then once more with each of its first settings changed; why a run did not come to its end, by title."""
    tutor = Tutor()
    scenario = tutor.library.scenario(name)
    question = Question(scenario, scenario.options)
    shown = tutor.answer_question.show_me(question)
    assert shown is not None
    option, settings = next(iter(shown.settings.items()))
    assert settings
    assert all(setting.told(setting.value) for setting in settings)
    whys = {}
    for setting in settings[:most]:
        rerun = tutor.answer_question.run_again(question, option, {setting: other(setting)})
        assert rerun.again.observed is not None or rerun.again.why
        assert rerun.recorded == shown.recorded[option]
        whys[setting.title] = rerun.again.why
    return whys
