"""Ways through the exam room that several tests go."""

from tests.tui.walk import Walk
from tutor.tui.screens.asked import AskedPage
from tutor.tui.screens.exam_room import ExamRoomScreen
from tutor.tui.screens.sitting import SittingScreen


async def enter_room(walk: Walk) -> None:
    """From home into the exam room."""
    await walk.press("x")
    assert walk.screen == "ExamRoomScreen"


async def point_at(walk: Walk, title: str) -> None:
    """Put the room's cursor on the row whose title begins so."""
    room = walk.app.screen
    assert isinstance(room, ExamRoomScreen)
    assert room.found is not None
    titles = [row.title for row in room.found.rows]
    wanted = next(index for index, told in enumerate(titles) if told.startswith(title))
    await walk.press(*["up"] * room.here, *["down"] * wanted)


async def begin(walk: Walk, title: str, practice: bool = False) -> SittingScreen:
    """Begin the paper of a row, as an exam or as practice."""
    await enter_room(walk)
    await point_at(walk, title)
    room = walk.app.screen
    assert isinstance(room, ExamRoomScreen)
    assert room.row is not None
    if (room.mode_of(room.row) == "practice") is not practice:
        await walk.press("m")
    await walk.press("enter", "enter")
    return sitting(walk)


def sitting(walk: Walk) -> SittingScreen:
    """The sitting on the screen."""
    assert isinstance(walk.app.screen, SittingScreen), walk.text
    return walk.app.screen


def right(walk: Walk) -> list[str]:
    """The keys that choose what is right in the question on the screen."""
    return [str(number) for number, holds in _options(walk) if holds]


def wrong(walk: Walk) -> list[str]:
    """As many keys, of which at least one chooses what is not right."""
    count = len(right(walk))
    refused = [str(number) for number, holds in _options(walk) if not holds]
    return [*refused, *right(walk)][:count]


def _options(walk: Walk) -> list[tuple[int, bool]]:
    page = walk.app.screen
    assert isinstance(page, AskedPage)
    assert page.question is not None
    scenario = page.question.scenario
    key = walk.parts.library.key(scenario.id, scenario.seed)
    return [(number, option.id in key) for number, option in enumerate(page.question.options, 1)]
