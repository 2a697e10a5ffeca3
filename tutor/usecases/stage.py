"""The stage: the one thing that an experiment is given. This page is for authors of experiments.

An experiment is a file with one function and no import of ours::

    def observe(stage, **given):
        function = stage.function(CODE, timeout=1)
        invocation = function.invoke({})
        return {"status": invocation.report.status, "billed_ms": invocation.report.billed_duration_ms}

It stages a situation, looks, and returns a *flat mapping of plain values* (text, numbers, booleans, None):
what was seen. It never judges; that is done by ``predicts:``, ``goal:`` and ``holds:`` in YAML.
``given`` holds the seed's numbers by name and, for a question that asks for a solution, the option's
``change`` (a mapping), usually spread into the configuration: ``stage.function(CODE, **{"timeout": 3, **change})``.

What an invocation offers is documented at ``tutor.awslambda.invocation.Invocation``; the useful parts are
``payload``, ``function_error``, ``error_type``, ``error_message``, ``cold``, ``log_lines``, ``printed`` and
``report`` (``duration_ms``, ``billed_duration_ms``, ``memory_size_mb``, ``max_memory_used_mb``,
``init_duration_ms``, ``status``, ``error_type``).

What AWS's API would refuse (memory 64, five kilobytes of environment variables, a payload over six megabytes)
raises ``ServiceError``, which is a ``ValueError`` with ``code`` and ``message``::

    try:
        stage.function(CODE, memory_size=64)
    except ValueError as refusal:
        return {"refused": refusal.code}

Layers are mappings of file names to texts, merged into ``/opt`` in their order; Python finds what is in ``python/``::

    stage.function(CODE, layers=[{"python/greeting.py": "TEXT = 'old'"}, {"python/greeting.py": "TEXT = 'new'"}])

What surrounds a function is staged in a region of its own, which is empty at the start and gone at the end. One speaks
to it as to AWS, with boto3; a refusal is botocore's ``ClientError``. Its clock begins on 1 January 2026, stands still
while nothing happens, and jumps to what is due: retries and visibility timeouts take no time::

    sqs, functions = stage.client("sqs"), stage.client("lambda")
    ...
    functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
    stage.clock.drain()                     # wait until every retry has happened
    waited = stage.clock.now() - before     # 180 seconds, at once

While anything is due the clock also jumps between two calls of yours. To act at a moment of its time, pause it::

    stage.clock.pause()
    functions.invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
    stage.clock.advance(3600)               # an hour, with all that is due in it, and no second more
    functions.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=2)
    stage.clock.run()
    stage.clock.drain()

Every environment that a stage started is gone when ``observe`` returns or raises.

After the answer a learner may change what was set here and run it again. Nothing is declared for that: whatever
``stage.function`` is given, whatever a client sets (``tutor.usecases.knob`` lists what is known), and the seed's
numbers can be changed, one value for another, before the call is made.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tutor.awslambda.invocation import Invocation, Json
from tutor.usecases.regions import StagedClock


class StagedFunction(Protocol):
    """A function on the stage, with one execution environment that is used again while it can be."""

    def invoke(self, event: Json = None) -> Invocation:
        """Invoke it synchronously and return what happened. ``None`` is the event ``{}``.

        Raises ``ServiceError`` (a ``ValueError``) for a payload that AWS refuses.
        """
        ...


class Stage(Protocol):
    """What an experiment may use, and nothing else."""

    @property
    def clock(self) -> StagedClock:
        """The staged region's clock: ``now()``, ``advance(seconds)``, ``pause()``, ``run()``, ``drain()``."""
        ...

    def client(self, service: str) -> Any:
        """A boto3 client of the staged region (``lambda``, ``sqs``, ``iam`` …)."""
        ...

    def function(
        self, code: str | Mapping[str, str], *, layers: Sequence[Mapping[str, str]] = (), **configuration: Any
    ) -> StagedFunction:
        """Create a function.

        ``code`` is the text of ``lambda_function.py``, or a mapping of file names to texts.
        ``configuration`` uses AWS's names in snake_case: ``handler`` (default
        ``lambda_function.lambda_handler``), ``memory_size`` (MB), ``timeout`` (s), ``ephemeral_storage`` (MB),
        ``environment`` (mapping), ``logging_format`` (``Text`` or ``JSON``), ``application_log_level`` (with JSON:
        ``TRACE`` to ``FATAL``), ``runtime`` (such as ``provided.al2023``; a text that begins with ``#!`` is a program
        and executable, others are not). What is left out has AWS's default. ``layers`` are mappings of file names to
        texts.
        Raises ``ServiceError`` (a ``ValueError``) for what AWS refuses.
        """
        ...
