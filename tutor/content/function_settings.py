"""``function:`` and ``runs:`` of a lab or of a lesson's example."""

from collections.abc import Mapping

from tutor.content.fields import Fields
from tutor.content.node import Node, kind_of
from tutor.content.template import Scope
from tutor.content.texts import TextReading
from tutor.study.course import FunctionSettings, Run

DEFAULT_HANDLER = "lambda_function.lambda_handler"


def read_settings(node: Node | None, reading: TextReading, scope: Scope) -> FunctionSettings:
    """The settings; what is left out has AWS's default, what AWS would refuse is a problem."""
    known = ("handler", "memory_size", "timeout", "ephemeral_storage", "environment", "runtime", "layers")
    values: dict[str, Node | None] = dict.fromkeys(known)
    if node is not None:
        fields = Fields(node, reading, "function")
        values = {name: fields.get(name, (str, int, dict, list), must=False) for name in known}
        fields.done()
    return FunctionSettings(
        handler=_handler(values["handler"], reading),
        memory_size=_in_range("memory_size", values["memory_size"], reading, scope),
        timeout=_in_range("timeout", values["timeout"], reading, scope),
        ephemeral_storage=_in_range("ephemeral_storage", values["ephemeral_storage"], reading, scope),
        environment=_environment(values["environment"], reading, scope),
        runtime=_runtime(values["runtime"], reading),
        layers=_layers(values["layers"], reading),
    )


def read_runs(nodes: list[Node], reading: TextReading, scope: Scope) -> tuple[Run, ...]:
    """The invocations, in order."""
    return tuple(_run(node, reading, scope) for node in nodes)


def _run(node: Node, reading: TextReading, scope: Scope) -> Run:
    fields = Fields(node, reading, "a run")
    name, fresh = fields.text("name"), fields.flag("fresh")
    fields.asked.add("event")
    event = node.child("event")
    if event is None and fields.sound:
        reading.say(node.file, node.line, f"{node.key}.event", "a run must say event:")
    fields.done()
    return Run(reading.render(name, scope), reading.native(event, scope), bool(fresh))


def _handler(node: Node | None, reading: TextReading) -> str:
    if node is None:
        return DEFAULT_HANDLER
    if not isinstance(node.value, str) or "." not in node.value:
        reading.at(node, f"handler must be module.function, such as {DEFAULT_HANDLER}")
        return DEFAULT_HANDLER
    return node.value


def _runtime(node: Node | None, reading: TextReading) -> str | None:
    if node is None:
        return None
    if not isinstance(node.value, str):
        reading.at(node, "runtime must be an identifier such as provided.al2023")
        return None
    return node.value


def _layers(node: Node | None, reading: TextReading) -> tuple[str, ...]:
    """Folders inside the code's own; that they are there is seen when they are run."""
    if node is None:
        return ()
    names = node.plain if isinstance(node.value, list) else [None]
    inside = [name for name in names if isinstance(name, str) and ".." not in name.split("/") and name[:1] != "/"]
    if len(inside) < len(names):
        reading.at(node, "layers must be a list of folders inside the code's folder, such as [layers/text]")
        return ()
    return tuple(inside)


def _in_range(name: str, node: Node | None, reading: TextReading, scope: Scope) -> int:
    quota = reading.templates.quota
    bounds = [quota[key].value if key in quota else 0 for key in (f"{name}_min", f"{name}_max", f"{name}_default")]
    if node is None:
        return int(bounds[2])
    value = reading.native(node, scope)
    if isinstance(value, bool) or not isinstance(value, int):
        reading.at(node, f"{name} must be a whole number, not {kind_of(value)}")
        return int(bounds[2])
    if not bounds[0] <= value <= bounds[1]:
        reading.at(node, f"{name} must be from {bounds[0]:,} to {bounds[1]:,}, not {value:,}: AWS refuses it")
    return value


def _environment(node: Node | None, reading: TextReading, scope: Scope) -> Mapping[str, str]:
    if node is None:
        return {}
    values = reading.native(node, scope)
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        reading.at(node, "environment must be a mapping of names to texts")
        return {}
    return values
