"""Which claim to open, where there are several."""

from collections.abc import Mapping, Sequence

from tutor.tui.dialogs.choose import ChooseRow


class ChooseClaimDialog(ChooseRow[str]):
    """Returns the chosen claim's id. ``says`` are the claims' sentences, as far as they are known."""

    def __init__(self, claims: Sequence[str], says: Mapping[str, str]) -> None:
        super().__init__("Open a claim", "", [f"{claim}  {says.get(claim, '')}".rstrip() for claim in claims])
        self.claims = tuple(claims)

    def action_choose(self) -> None:
        """This one."""
        self.dismiss(self.claims[self.here])
