"""The Protocol that the use cases need from the store: what the learner did, append-only."""

from typing import Protocol

from tutor.study.answer import Act, Answer, LabAttempt


class Memory(Protocol):
    """Keeps events. Each ``add_…`` has been committed when it returns: kill -9 afterwards loses nothing.

    Two processes may use one memory at the same time. Raises ``StoreError`` with a sentence.
    """

    def add_answer(self, answer: Answer) -> None: ...

    def add_lab_attempt(self, attempt: LabAttempt) -> None: ...

    def add_act(self, act: Act) -> None: ...

    def answers(self) -> tuple[Answer, ...]:
        """All answers, oldest first."""
        ...

    def lab_attempts(self) -> tuple[LabAttempt, ...]: ...

    def acts(self) -> tuple[Act, ...]: ...
