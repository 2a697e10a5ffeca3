"""Reading files whose texts are templates."""

from pathlib import Path
from typing import Any

from tutor.content.node import Node
from tutor.content.reading import Reading
from tutor.content.template import Scope, TemplateFault, Templates


class TextReading(Reading):
    """Fills texts in while it reads, and gathers what is wrong with them too.

    ``strict`` is for authors: numbers in prose, Python files and folders are looked at as well, which a learner's
    session has no need for.
    """

    def __init__(self, root: Path, templates: Templates, strict: bool = False) -> None:
        super().__init__(root)
        self.templates, self.strict = templates, strict

    def render(self, node: Node | None, scope: Scope) -> str:
        """The text with its numbers filled in; "" (and a problem) where that cannot be."""
        if node is None or not isinstance(node.value, str):
            return ""
        if self.strict:
            self.problems.extend(self.templates.loose(node))
        try:
            return self.templates.render(node, scope).strip()
        except TemplateFault as fault:
            self.problems.extend(fault.problems)
            return ""

    def native(self, node: Node | None, scope: Scope) -> Any:
        """The value with every text in it filled in, types kept; None (and a problem) where that cannot be."""
        try:
            return None if node is None else self.templates.native(node, scope)
        except TemplateFault as fault:
            self.problems.extend(fault.problems)
            return None
