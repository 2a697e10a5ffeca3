"""Read the learner's ``template.yaml``: the settings of the one function in a SAM template.

Understood are ``Handler``, ``Runtime``, ``MemorySize``, ``Timeout``, ``EphemeralStorage.Size``,
``Environment.Variables``, ``LoggingConfig`` (``LogFormat``, ``ApplicationLogLevel``) and ``Layers`` of the
``AWS::Serverless::Function`` and of ``Globals.Function``; ``!Ref`` of a parameter with a default, of the pseudo
parameters, and in ``Layers`` of an ``AWS::Serverless::LayerVersion`` whose ``ContentUri`` is a folder beside the
template. A Python runtime stands for this host's Python, whatever its number. Ranges are AWS's to refuse, not ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.errors import UsageError
from tutor.study.course import FunctionSettings
from tutor.usecases.nearest import did_you_mean, nearest

NAME = "template.yaml"
FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"

_PSEUDO_PARAMETERS: Mapping[str, str] = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "tutor",
    "AWS::URLSuffix": "amazonaws.com",
}
_READ = (
    "Handler", "Runtime", "MemorySize", "Timeout", "EphemeralStorage", "Environment", "LoggingConfig", "Layers"
)  # fmt: skip


def settings_of(folder: Path, settings: FunctionSettings) -> FunctionSettings:
    """``settings``, with what the folder's template says in their place; unchanged where there is no template.

    Raises ``UsageError``, one sentence with the line, for a template that cannot be understood.
    """
    path = folder / NAME
    if not path.is_file():
        return settings
    template = _Template(_parse(path), folder)
    return template.over(settings)


def _wrong(line: int, message: str) -> UsageError:
    return UsageError(f"{NAME}, line {line}: {message}")


def _parse(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(1, f"it cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _wrong(1, "it is not a text in UTF-8") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _wrong(mark.line + 1 if mark else 1, f"it is no YAML: {error.problem or error.context}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise _wrong(1, f"it is no YAML: {str(error).splitlines()[0]}") from error


def _line(mapping: Any, key: str) -> int:
    """The line of ``key`` in a mapping that ruamel read, counted from 1."""
    try:
        return int(mapping.lc.key(key)[0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _tag(value: Any) -> str:
    """A value's own tag, such as ``!Ref``; empty where it has none."""
    tag = getattr(value, "tag", None)
    text = str(getattr(tag, "value", "") or "")
    return text if text.startswith("!") else ""


@dataclass(frozen=True)
class _Template:
    """A parsed template; ``root`` is what ruamel read, which knows its lines. ``folder`` is where it lies."""

    root: Any
    folder: Path

    def over(self, settings: FunctionSettings) -> FunctionSettings:
        """``settings`` with the template's own in their place."""
        global_ones = self._mapping(self._mapping(self.root, "Globals"), "Function")
        name, properties = self._function()
        self._check_names(properties)
        for layer in (global_ones, properties):
            settings = self._read_code(layer, self._read(layer, settings))
        if "CodeUri" in properties and str(properties["CodeUri"]) not in (".", "./"):
            line = _line(properties, "CodeUri")
            raise _wrong(line, f"CodeUri of {name} must be . here: the code is what lies beside the template")
        return settings

    def _function(self) -> tuple[str, Any]:
        if not isinstance(self.root, Mapping) or not isinstance(self.root.get("Resources"), Mapping):
            raise _wrong(1, f"it needs Resources: with one {FUNCTION}")
        resources = self.root["Resources"]
        kinds = {name: body.get("Type") for name, body in resources.items() if isinstance(body, Mapping)}
        found = [name for name, kind in kinds.items() if kind == FUNCTION]
        line = _line(self.root, "Resources")
        if len(found) > 1:
            raise _wrong(line, f"it has {len(found)} functions ({', '.join(map(str, found))}); a lab has one")
        if not found:
            written = [str(kind) for kind in kinds.values() if nearest(str(kind), [FUNCTION])]
            instead = f", but {written[0]}" if written else ""
            raise _wrong(line, f"among its Resources is no {FUNCTION}{instead}")
        return str(found[0]), self._mapping(resources[found[0]], "Properties")

    def _check_names(self, properties: Any) -> None:
        for name in properties:
            near = nearest(str(name), _READ)
            if name not in _READ and near and _is_slip(str(name), near):
                raise _wrong(_line(properties, name), f"{name} is no property{did_you_mean(str(name), _READ)}")

    def _read(self, layer: Any, settings: FunctionSettings) -> FunctionSettings:
        storage = self._mapping(layer, "EphemeralStorage")
        variables = self._mapping(self._mapping(layer, "Environment"), "Variables")
        logging = self._mapping(layer, "LoggingConfig")
        environment = {str(name): self._text(variables, name) for name in variables}
        return replace(
            settings,
            handler=self._text(layer, "Handler") if "Handler" in layer else settings.handler,
            memory_size=self._number(layer, "MemorySize", settings.memory_size),
            timeout=self._number(layer, "Timeout", settings.timeout),
            ephemeral_storage=self._number(storage, "Size", settings.ephemeral_storage),
            environment={**settings.environment, **environment},
            logging_format=self._text(logging, "LogFormat") if "LogFormat" in logging else settings.logging_format,
            application_log_level=self._text(logging, "ApplicationLogLevel")
            if "ApplicationLogLevel" in logging
            else settings.application_log_level,
        )

    def _read_code(self, layer: Any, settings: FunctionSettings) -> FunctionSettings:
        """``settings`` with the runtime and, after those that are there already, the layers."""
        runtime = self._text(layer, "Runtime") if "Runtime" in layer else ""
        if runtime:
            settings = replace(settings, runtime=None if runtime.startswith("python") else runtime)
        written = layer.get("Layers")
        if written is None:
            return settings
        if not isinstance(written, list):
            raise _wrong(_line(layer, "Layers"), "Layers must be a list, such as [!Ref TextLayer]")
        found = [self._layer(one, _line(layer, "Layers")) for one in written]
        return replace(settings, layers=(*settings.layers, *found))

    def _layer(self, written: Any, line: int) -> str:
        """The folder of the layer version that an entry of ``Layers`` refers to."""
        name = str(getattr(written, "value", written)) if _tag(written) == "!Ref" else ""
        if isinstance(written, Mapping) and list(written) == ["Ref"]:
            name = str(written["Ref"])
        if not name:
            raise _wrong(line, f"a layer is {str(written)!r}, and only layers of this template are here: use !Ref")
        layers = {
            str(key): body for key, body in self.root["Resources"].items()
            if isinstance(body, Mapping) and body.get("Type") == LAYER
        }  # fmt: skip
        if name not in layers:
            raise _wrong(line, f"Layers refers to {name}, which is no {LAYER} here{did_you_mean(name, layers)}")
        properties = self._mapping(layers[name], "Properties")
        if "ContentUri" not in properties:
            raise _wrong(_line(self.root["Resources"], name), f"{name} needs Properties with a ContentUri")
        return self._inside(self._text(properties, "ContentUri"), _line(properties, "ContentUri"))

    def _inside(self, written: str, line: int) -> str:
        """A folder below the template's own."""
        folder = (self.folder / written).resolve()
        if not folder.is_relative_to(self.folder.resolve()):
            raise _wrong(line, f"ContentUri leads out of the lab's folder: {written}")
        if not folder.is_dir():
            raise _wrong(line, f"ContentUri must be a folder beside the template, and there is no {written}")
        return written

    def _mapping(self, above: Any, key: str) -> Any:
        """The mapping under ``key``; an empty one where nothing stands there."""
        value = above.get(key) if isinstance(above, Mapping) else None
        if value is None:
            return {}
        if not isinstance(value, Mapping) or _tag(value):
            raise _wrong(_line(above, key), f"{key} must be a mapping")
        return value

    def _number(self, above: Any, key: str, otherwise: int) -> int:
        if key not in above:
            return otherwise
        value = self._plain(above, key)
        if isinstance(value, str) and value.strip().isdecimal():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong(_line(above, key), f"{key} must be a whole number, not {value!r}")
        return int(value)

    def _text(self, above: Any, key: str) -> str:
        value = self._plain(above, key)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def _plain(self, above: Any, key: str) -> Any:
        """The value under ``key`` with ``!Ref`` resolved; other functions of CloudFormation are told."""
        value, line = above[key], _line(above, key)
        if _tag(value) == "!Ref":
            return self._reference(str(getattr(value, "value", value)), key, line)
        if isinstance(value, Mapping) and list(value) == ["Ref"]:
            return self._reference(str(value["Ref"]), key, line)
        if _tag(value) or isinstance(value, (Mapping, list)):
            what = _tag(value) or ("a mapping" if isinstance(value, Mapping) else "a list")
            raise _wrong(line, f"{key} is {what}, which is not worked out here: write the value itself")
        if value is None:
            raise _wrong(line, f"{key} has no value")
        return value

    def _reference(self, name: str, key: str, line: int) -> Any:
        if name in _PSEUDO_PARAMETERS:
            return _PSEUDO_PARAMETERS[name]
        parameters = self._mapping(self.root, "Parameters")
        if name in parameters:
            parameter = self._mapping(parameters, name)
            if "Default" not in parameter:
                raise _wrong(line, f"{key} refers to the parameter {name}, which has no Default")
            default = parameter["Default"]
            if _tag(default) or isinstance(default, (Mapping, list)):
                raise _wrong(_line(parameter, "Default"), f"the Default of {name} must be a plain value")
            return default
        if name in self.root["Resources"]:
            return name
        known = [*parameters, *self.root["Resources"], *_PSEUDO_PARAMETERS]
        raise _wrong(line, f"{key} refers to {name}, which is not there{did_you_mean(name, map(str, known))}")


def _is_slip(written: str, near: str) -> bool:
    """Whether ``written`` is so close to ``near`` that it was meant (``MemorySise``), not another property."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, written.casefold(), near.casefold()).ratio() >= 0.8
