"""What content may refer to by name, and whether it does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tutor.content.node import Node
from tutor.content.reading import Reading
from tutor.usecases.nearest import nearest


@dataclass(frozen=True)
class References:
    """All names there are: claims, questions, topics, and blueprints with the numbers of their content domains."""

    claims: Collection[str]
    questions: Collection[str]
    topics: Collection[str]
    blueprints: Mapping[str, Collection[int]]

    def check_claims(self, nodes: Sequence[Node], reading: Reading) -> None:
        """Note every claim that does not exist."""
        _check("claim", nodes, self.claims, reading)

    def check_questions(self, nodes: Sequence[Node], reading: Reading) -> None:
        """Note every question that does not exist."""
        _check("question", nodes, self.questions, reading)

    def check_domains(self, domains: Node | None, reading: Reading) -> None:
        """Note every blueprint, and every content domain of one, that does not exist."""
        for name, number in (domains.value if domains else {}).items():
            if name not in self.blueprints:
                message = f"there is no blueprint {name!r} in data/blueprints/"
                reading.say(number.file, number.key_line, number.key, message, nearest(name, self.blueprints))
            elif isinstance(number.value, bool) or number.value not in self.blueprints[name]:
                listed = ", ".join(map(str, sorted(self.blueprints[name])))
                reading.at(number, f"{name} has no content domain {number.value!r}; it has {listed}")


def _check(what: str, nodes: Sequence[Node], known: Collection[str], reading: Reading) -> None:
    for node in nodes:
        if node.value not in known:
            reading.unknown(node, what, known)
