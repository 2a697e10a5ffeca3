"""What content may refer to by name, and whether it does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tutor.content.node import Node
from tutor.content.reading import Reading
from tutor.usecases.nearest import nearest

NONE = "none"
"""What a question says of an exam that does not cover it."""


@dataclass(frozen=True)
class References:
    """All names there are: claims, questions, topics, and blueprints with their content domains' numbers and tasks.

    ``broken`` are blueprints that are told of elsewhere: what refers to them is passed over.
    """

    claims: Collection[str]
    questions: Collection[str]
    topics: Collection[str]
    blueprints: Mapping[str, Collection[int]]
    tasks: Mapping[str, Collection[str]]
    broken: Collection[str] = ()

    def check_claims(self, nodes: Sequence[Node], reading: Reading) -> None:
        """Note every claim that does not exist."""
        _check("claim", nodes, self.claims, reading)

    def check_questions(self, nodes: Sequence[Node], reading: Reading) -> None:
        """Note every question that does not exist."""
        _check("question", nodes, self.questions, reading)

    def check_domains(self, domains: Node | None, reading: Reading) -> None:
        """Note every blueprint, and content domain of one, that does not exist, and every one that is left out."""
        named = domains.value if domains is not None else {}
        for name, number in named.items():
            if name in self.broken:
                continue
            if name not in self.blueprints:
                self._no_blueprint(name, number, reading)
            elif number.value != NONE and (isinstance(number.value, bool) or number.value not in self.blueprints[name]):
                listed = ", ".join(map(str, sorted(self.blueprints[name])))
                reading.at(number, f"{name} has no content domain {number.value!r}; it has {listed}, or say {NONE}")
        left_out = [name for name in self.blueprints if name not in named]
        if left_out and domains is not None:
            reading.at(domains, f"domains does not say {', '.join(left_out)}: a content domain's number, or {NONE}")

    def check_tasks(self, tasks: Node | None, domains: Node | None, reading: Reading) -> None:
        """Note every task that its blueprint does not know, and every one outside of the domain that is named."""
        for name, task in (tasks.value if tasks is not None else {}).items():
            known = self.tasks.get(name, ())
            domain = domains.child(name) if domains is not None else None
            if name in self.broken:
                continue
            if name not in self.blueprints:
                self._no_blueprint(name, task, reading)
            elif task.value not in known:
                near = nearest(str(task.value), known)
                reading.at(task, f"{name} lists no task {task.value!r} in data/blueprints/ (in quotation marks)", near)
            elif domain is None or not task.value.startswith(f"{domain.value}."):
                reading.at(task, f"the task {task.value} is not of the content domain that is named for {name}")

    def _no_blueprint(self, name: str, at: Node, reading: Reading) -> None:
        message = f"there is no blueprint {name!r} in data/blueprints/"
        reading.say(at.file, at.key_line, at.key, message, nearest(name, self.blueprints))


def _check(what: str, nodes: Sequence[Node], known: Collection[str], reading: Reading) -> None:
    for node in nodes:
        if node.value not in known:
            reading.unknown(node, what, known)
