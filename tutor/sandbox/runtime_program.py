"""What a runtime identifier stands for here: a Python of this host, the function's own bootstrap, or Node.js."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from tutor.awslambda.function import FunctionConfiguration
from tutor.errors import HostError
from tutor.sandbox.interpreter import Interpreter, minor_version
from tutor.sandbox.node import Node, host_node

_BOOTSTRAPS = (("/var/task/bootstrap",), ("/opt/bootstrap",))
_WRAPPER = ("/bin/sh", "-c", 'exec "$AWS_LAMBDA_EXEC_WRAPPER" "$@"', "wrapper")
_WITH_A_LOCALE = 12  # from python3.12 on, which runs on Amazon Linux 2023, Python tells the locale that it takes
_HEAP_SHARE = 0.9  # how much of the memory may be heap, so that Node.js collects before the limit ends it


@dataclass(frozen=True)
class RuntimeProgram:
    """How a runtime is started and what it is called.

    ``entrypoints`` are commands of which the first that is there runs; without any the runtime is forked from the
    zygote. ``execution_environment`` is None where Lambda sets no ``AWS_EXECUTION_ENV``.
    """

    version_line: str
    version_arn: str
    entrypoints: tuple[tuple[str, ...], ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    execution_environment: str | None = None
    notes: tuple[str, ...] = ()


def runtime_program(configuration: FunctionConfiguration, interpreter: Interpreter) -> RuntimeProgram:
    """The program for a function's runtime. Raises ``HostError`` where this host lacks it."""
    runtime = configuration.runtime
    if runtime.startswith("provided"):
        line = _os_only(runtime)
        return RuntimeProgram(line, _arn(line), _BOOTSTRAPS)
    if runtime.startswith("nodejs"):
        return _node(configuration, host_node())
    if not runtime.startswith("python"):
        raise HostError(
            f"The function's runtime is {runtime}, and the sandbox runs Python, Node.js and OS-only runtimes.",
            "Choose one of those: python3.13, nodejs22.x, provided.al2023.",
        )
    locale = {"LC_CTYPE": "C.UTF-8"} if minor_version(runtime) >= _WITH_A_LOCALE else {}
    wrapped = _wrapped(configuration, (f"/var/lang/{interpreter.executable}", "/var/runtime/bootstrap.py"))
    return RuntimeProgram(
        version_line=interpreter.version_line,
        version_arn=interpreter.version_arn,
        entrypoints=() if wrapped is None else (wrapped,),
        variables={"PYTHONPATH": "/var/runtime", **locale},
        execution_environment=f"AWS_Lambda_{interpreter.runtime}",
        notes=interpreter.notes(runtime),
    )


def _wrapped(configuration: FunctionConfiguration, command: tuple[str, ...]) -> tuple[str, ...] | None:
    """The wrapper that is to start a managed runtime, with the runtime's command as its arguments; None without one."""
    return (*_WRAPPER, *command) if "AWS_LAMBDA_EXEC_WRAPPER" in configuration.environment else None


def _arn(version_line: str) -> str:
    """A runtime version ARN of AWS's form; the hash is of the version line."""
    return f"arn:aws:lambda:us-east-1::runtime:{sha256(version_line.encode()).hexdigest()}"


def _os_only(runtime: str) -> str:
    """The version line of an OS-only runtime; the v number is ours."""
    name, _, system = runtime.partition(".")
    return f"{name}:{system}.v1" if system else f"{name}.v1"


def _node(configuration: FunctionConfiguration, node: Node | None) -> RuntimeProgram:
    runtime = configuration.runtime
    if node is None:
        raise HostError(
            f"The function's runtime is {runtime}, and this host has no Node.js.",
            "Install it so that `node --version` answers, or choose another runtime.",
        )
    major = runtime.removeprefix("nodejs").removesuffix(".x")
    heap = int(configuration.memory_size * _HEAP_SHARE)
    command: tuple[str, ...] = (node.path, f"--max-old-space-size={heap}", "/var/runtime/index.mjs")
    folders = (f"/opt/nodejs/node{major}", "/opt/nodejs", "/var/runtime")
    modules = ":".join([*(f"{folder}/node_modules" for folder in folders), "/var/runtime", "/var/task"])
    line = f"nodejs:{node.version}.v1"
    same = node.version.split(".")[0] == major
    note = f"This host has no {runtime}: the function runs on Node.js {node.version}, the one that it has."
    return RuntimeProgram(
        version_line=line,
        version_arn=_arn(line),
        entrypoints=(_wrapped(configuration, command) or command,),
        variables={"NODE_PATH": modules},
        execution_environment=f"AWS_Lambda_{runtime}",
        notes=() if same else (note,),
    )
