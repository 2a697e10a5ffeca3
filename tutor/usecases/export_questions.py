"""Export the questions: those whose key is proven, in the format of another program."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import ContentError, UsageError
from tutor.study.exchanged_question import IMPORTED, ExchangedOption, ExchangedQuestion, exchanged_id
from tutor.usecases.library import Library
from tutor.usecases.nearest import did_you_mean

Writer = Callable[[Sequence[ExchangedQuestion]], bytes]


@dataclass(frozen=True)
class Exported:
    """The file's content, how many questions are in it, and a sentence for each that is not."""

    content: bytes
    questions: int
    refused: tuple[str, ...]


@dataclass(frozen=True)
class ExportQuestions:
    """Every question of the course, or those of some topics. ``writers`` make the file, by format."""

    library: Library
    writers: Mapping[str, Writer]

    def export(self, form: str, topics: Sequence[str] = ()) -> Exported:
        """The file. Raises ``UsageError`` for a topic that no question is about; a broken question is left out.

        A family with several sets of numbers is written with each of them. What was imported is written where its
        topic is named, and not otherwise.
        """
        ids = (*self.library.scenario_ids(), *(one.id for one in self.library.bank() if one.topic == IMPORTED))
        known = {_topic(scenario_id) for scenario_id in ids}
        for topic in topics:
            if topic not in known:
                raise UsageError(f"No question is about the topic {topic!r}{did_you_mean(topic, known)}.")
        questions: list[ExchangedQuestion] = []
        refused: list[str] = []
        for scenario_id in ids:
            if _topic(scenario_id) in (topics or known - {IMPORTED}):
                try:
                    seeds = range(self.library.seeds(scenario_id))
                    questions += [exchanged(self.library, scenario_id, seed) for seed in seeds]
                except ContentError as error:
                    refused.append(f"{scenario_id}: {str(error).splitlines()[0]}")
        if not questions:
            raise UsageError("There is no question to write.")
        return Exported(self.writers[form](questions), len(questions), tuple(refused))


def exchanged(library: Library, scenario_id: str, seed: int) -> ExchangedQuestion:
    """The family at one of its seeds. Raises ``ContentError`` where it is broken or not proven."""
    scenario, key = library.scenario(scenario_id, seed), library.key(scenario_id, seed)
    return ExchangedQuestion(
        exchanged_id(scenario.id, seed),
        scenario.content_hash,
        scenario.topic,
        scenario.title,
        scenario.stem,
        tuple(ExchangedOption(one.id, one.text, one.why, one.id in key) for one in scenario.options),
        scenario.choose,
        scenario.claims,
        scenario.domains,
        scenario.difficulty,
        scenario.as_of,
        scenario.source,
        scenario.tasks,
    )


def _topic(scenario_id: str) -> str:
    return scenario_id.split("/", maxsplit=1)[0]
