"""Export the questions: those whose key is proven, in the format of another program."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import ContentError, UsageError
from tutor.study.exchanged_question import ExchangedOption, ExchangedQuestion
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
    """Every question of the bank, or of some topics. ``writers`` make the file, by format."""

    library: Library
    writers: Mapping[str, Writer]

    def export(self, form: str, topics: Sequence[str] = ()) -> Exported:
        """The file. Raises ``UsageError`` for a topic that no question is about; a broken question is left out."""
        known = {scenario_id.split("/", maxsplit=1)[0] for scenario_id in self.library.scenario_ids()}
        for topic in topics:
            if topic not in known:
                raise UsageError(f"No question is about the topic {topic!r}{did_you_mean(topic, known)}.")
        questions, refused = [], []
        for scenario_id in self.library.scenario_ids():
            if not topics or scenario_id.split("/", maxsplit=1)[0] in topics:
                try:
                    questions.append(self._question(scenario_id))
                except ContentError as error:
                    refused.append(f"{scenario_id}: {str(error).splitlines()[0]}")
        if not questions:
            raise UsageError("There is no question to write.")
        return Exported(self.writers[form](questions), len(questions), tuple(refused))

    def _question(self, scenario_id: str) -> ExchangedQuestion:
        """The family at its first seed."""
        scenario = self.library.scenario(scenario_id)
        key = self.library.key(scenario_id)
        return ExchangedQuestion(
            scenario.id,
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
        )
