"""A page of panes: side by side where there is room, one at a time where there is not; Tab switches."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page, Sheets

WIDE = 120


class PanedPage(Page):
    """``TABS`` names the panes that Tab walks through; a widget with the id of a tab is its pane.

    A further pane with the class ``with-<tab>`` is shown together with that tab.
    """

    CSS_PATH: ClassVar[Sheets] = "paned.tcss"
    TABS: ClassVar[tuple[str, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,f6", "pane(1)", "panes", id="pane", tooltip="The next pane"),
        Binding("shift+tab", "pane(-1)", "pane before", show=False, tooltip="The pane before"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.tab = self.TABS[0]

    @property
    def wide(self) -> bool:
        """Whether the panes stand side by side."""
        return self.size.width >= WIDE

    def on_mount(self) -> None:
        """Begin with the first pane."""
        self.show_tab(self.TABS[0])

    def on_resize(self, event: Resize) -> None:
        """Titles of the panes depend on the room."""
        self.call_after_refresh(self.title_panes)

    def show_tab(self, tab: str, focus: bool = True) -> None:
        """Bring a pane to the front and give it the keys."""
        self.tab = tab
        for pane in self.query(".pane"):
            pane.set_class(pane.id == tab or pane.has_class(f"with-{tab}"), "-front")
        if focus:
            self.pane_target(tab).focus(scroll_visible=False)
        self.title_panes()
        self.refresh_keys()

    def pane(self, tab: str) -> Widget:
        """The pane of a tab."""
        return self.query_one(f"#{tab}")

    def pane_target(self, tab: str) -> Widget:
        """The widget in a pane that gets the keys."""
        return self.pane(tab)

    def pane_title(self, tab: str) -> str:
        """The name of a pane as it stands in its border."""
        return tab

    def title_panes(self) -> None:
        """Write the titles: in a narrow terminal the names of all, in a wide one each its own."""
        if not self.is_running:
            return
        for tab in self.TABS:
            own = Content.styled(self.pane_title(tab), signs.STRONG if tab == self.tab else "")
            self.pane(tab).border_title = own if self.wide else self._all_titles()

    def _all_titles(self) -> Content:
        names = []
        for tab in self.TABS:
            if tab == self.tab:
                title = Content.styled(f"{signs.HERE} ", signs.ACT) + Content.styled(self.pane_title(tab), signs.STRONG)
            else:
                title = Content.styled(self.pane_title(tab), signs.QUIET)
            names.append(title)
        return Content("   ").join(names)

    def action_pane(self, by: int) -> None:
        """The next pane, or the one before."""
        self.show_tab(self.TABS[(self.TABS.index(self.tab) + by) % len(self.TABS)])
