"""Layers: up to five, merged in order into /opt, found by Python, the shell and the loader."""

import ctypes.util
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create, configuration, real_quotas
from tutor.errors import ServiceError, UsageError
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions
from tutor.sandbox.interpreter import host_interpreter

Layer = Path | Mapping[str, str]
GREET = "import greeting\ndef handler(event, context): return greeting.TEXT\n"


class Layered:
    """Makes functions with layers and closes them."""

    def __init__(self) -> None:
        self.made: list[SandboxedFunction] = []

    def run(self, code: str, *layers: Layer, **settings: Any) -> Any:
        """The payload of one invocation."""
        function = SandboxedFunctions(real_quotas()).create({"app.py": code}, configuration(**settings), layers)
        self.made.append(function)
        invocation = function.invoke({})
        assert invocation.function_error is None, invocation.payload
        return invocation.payload


@pytest.fixture
def layered(create: Create) -> Iterator[Layered]:
    """Skips where there is no sandbox, as ``create`` does."""
    layered = Layered()
    yield layered
    for function in layered.made:
        function.close()


def refuse(layers: Sequence[Layer], **quotas: int) -> UsageError:
    """The refusal of a function with these layers; the test fails where it is taken."""
    with pytest.raises(UsageError) as refused:
        SandboxedFunctions(replace(real_quotas(), **quotas)).create({"app.py": GREET}, configuration(), layers)
    return refused.value


def test_a_later_layer_overwrites_the_same_path(layered: Layered) -> None:
    """Merged in the order given; other files of the earlier layer stay."""
    code = "import greeting, other\ndef handler(event, context): return [greeting.TEXT, other.TEXT]\n"
    first = {"python/greeting.py": "TEXT = 'first'", "python/other.py": "TEXT = 'stays'"}
    second = {"python/greeting.py": "TEXT = 'second'"}
    assert layered.run(code, first, second) == ["second", "stays"]
    assert layered.run(code, second, first) == ["first", "stays"]


def test_a_file_and_a_folder_of_two_layers_give_way_to_the_later(layered: Layered) -> None:
    """A file over a folder and a folder over a file: neither ends in an error."""
    code = "import os\ndef handler(event, context): return [os.path.isdir('/opt/x'), sorted(os.listdir('/opt'))]\n"
    assert layered.run(code, {"x": "file"}, {"x/y": "below"}) == [True, ["x"]]
    assert layered.run(code, {"x/y/z": "below"}, {"x": "file"}) == [False, ["x"]]


def test_pythons_two_places_are_searched_after_the_functions_own(layered: Layered) -> None:
    """python/lib/python3.x/site-packages before python/, and /var/task before both."""
    packages = f"python/lib/{host_interpreter().runtime}/site-packages"
    in_packages, plain = {f"{packages}/greeting.py": "TEXT = 'site'"}, {"python/greeting.py": "TEXT = 'plain'"}
    assert layered.run(GREET, in_packages) == "site"
    assert layered.run(GREET, plain) == "plain"
    assert layered.run(GREET, plain, in_packages) == "site"
    own = SandboxedFunctions(real_quotas()).create(
        {"app.py": GREET, "greeting.py": "TEXT = 'own'"}, configuration(), [plain, in_packages]
    )
    layered.made.append(own)
    assert own.invoke({}).payload == "own"


def test_path_files_are_read(layered: Layered) -> None:
    """A ``.pth`` file of a layer's packages, and of the function itself, adds folders to the path, behind the rest."""
    packages = f"python/lib/{host_interpreter().runtime}/site-packages"
    vendored = {f"{packages}/more.pth": "vendored\n", f"{packages}/vendored/greeting.py": "TEXT = 'vendored'"}
    assert layered.run(GREET, vendored) == "vendored"
    assert layered.run(GREET, vendored, {"python/greeting.py": "TEXT = 'plain'"}) == "plain"
    files = {"app.py": GREET, "own.pth": "lib\n", "lib/greeting.py": "TEXT = 'of the function'"}
    own = SandboxedFunctions(real_quotas()).create(files, configuration())
    layered.made.append(own)
    assert own.invoke({}).payload == "of the function"


def test_a_layer_for_another_python_is_not_found(layered: Layered) -> None:
    """The folder's name has to be the runtime's: an old layer's packages are not seen."""
    code = "def handler(event, context):\n    try:\n        import greeting\n    except ImportError as e:\n        return str(e)"
    assert layered.run(code, {"python/lib/python3.1/site-packages/greeting.py": ""}) == "No module named 'greeting'"


def test_a_layer_shadows_the_runtimes_sdk(layered: Layered) -> None:
    """As in Lambda, where one pins boto3 with a layer."""
    code = "import boto3\ndef handler(event, context): return boto3.__file__"
    assert layered.run(code, {"python/boto3.py": ""}) == "/opt/python/boto3.py"


def test_programs_of_a_layer_are_on_the_path(tmp_path: Path, layered: Layered) -> None:
    """bin/ is on PATH with its executables."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "greet").write_text("#!/bin/sh\necho hello\n")
    (tmp_path / "bin" / "greet").chmod(0o700)
    code = "import subprocess\ndef handler(event, context): return subprocess.check_output(['greet'], text=True)"
    assert layered.run(code, tmp_path) == "hello\n"


def test_native_libraries_of_a_layer_are_loaded(tmp_path: Path, layered: Layered) -> None:
    """lib/ is searched by the loader, by this process and by programs that it starts."""
    source = _a_library()
    (tmp_path / "lib").mkdir()
    shutil.copy(source, tmp_path / "lib" / "libtutorlayer.so")
    code = "import ctypes\ndef handler(event, context):\n    ctypes.CDLL('libtutorlayer.so')\n    return True"
    assert layered.run(code, tmp_path) is True
    child = (
        "import subprocess, sys\ndef handler(event, context):\n"
        "    command = [sys.executable, '-S', '-c', \"import ctypes; ctypes.CDLL('libtutorlayer.so')\"]\n"
        "    return subprocess.run(command).returncode"
    )
    assert layered.run(child, tmp_path, timeout=20) == 0


def _a_library() -> Path:
    """Any shared library of this host, by its path."""
    name = ctypes.util.find_library("m")
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout if name else ""
    for line in listed.splitlines():
        if line.strip().startswith(f"{name} ") and ("x86-64" in line or "AArch64" in line or "aarch64" in line):
            return Path(line.split("=> ")[1].strip()).resolve()
    pytest.skip("no shared library is found on this host")


def test_a_zip_is_a_layer(tmp_path: Path, layered: Layered) -> None:
    """A folder, a zip and a mapping are the same layer."""
    (tmp_path / "folder" / "python").mkdir(parents=True)
    (tmp_path / "folder" / "python" / "greeting.py").write_text("TEXT = 'hello'")
    with zipfile.ZipFile(tmp_path / "layer.zip", "w") as archive:
        archive.writestr("python/greeting.py", "TEXT = 'hello'")
    for layer in (tmp_path / "folder", tmp_path / "layer.zip", {"python/greeting.py": "TEXT = 'hello'"}):
        assert layered.run(GREET, layer) == "hello"


def test_layers_are_read_only(layered: Layered) -> None:
    """Nothing in /opt can be changed, and /opt takes nothing new."""
    code = (
        "def handler(event, context):\n    found = []\n    for path in ('/opt/python/greeting.py', '/opt/new'):\n"
        "        try:\n            open(path, 'w')\n        except OSError as e:\n            found.append(e.errno)\n"
        "    return found"
    )
    assert layered.run(code, {"python/greeting.py": ""}) == [30, 30]


def test_without_layers_opt_is_empty(layered: Layered) -> None:
    """And no layer of another function is seen there."""
    code = "import os\ndef handler(event, context): return os.listdir('/opt')"
    layered.run(GREET, {"python/greeting.py": "TEXT = 1"})
    assert layered.run(code) == []


def test_no_layer_writes_through_another_layers_link(tmp_path: Path, layered: Layered) -> None:
    """A link of one layer is no way for the next: its files replace the link."""
    (tmp_path / "first" / "real").mkdir(parents=True)
    (tmp_path / "first" / "real" / "kept").write_text("kept")
    (tmp_path / "first" / "link").symlink_to("real")
    code = "import os\ndef handler(event, context): return [os.listdir('/opt/real'), os.listdir('/opt/link')]"
    assert layered.run(code, tmp_path / "first", {"link/new": "new"}) == [["kept"], ["new"]]


def test_five_layers_are_taken_and_a_sixth_is_refused(layered: Layered) -> None:
    """In AWS's words, with its number."""
    layers = [{f"python/m{number}.py": ""} for number in range(6)]
    code = "import os\ndef handler(event, context): return len(os.listdir('/opt/python'))"
    assert layered.run(code, *layers[:5]) == 5
    error = refuse(layers)
    assert isinstance(error, ServiceError)
    assert (error.code, error.message) == ("InvalidParameterValueException", "Cannot reference more than 5 layers.")


def test_layers_count_into_the_unzipped_size() -> None:
    """The code and all layers together must fit."""
    layers = [{"a": "x" * 400}, {"b": "x" * 400}]
    SandboxedFunctions(replace(real_quotas(), package_size_unzipped=800 + len(GREET))).create(
        {"app.py": GREET}, configuration(), layers
    ).close()
    error = refuse(layers, package_size_unzipped=799 + len(GREET))
    assert str(error).endswith(f"Unzipped size must be smaller than {799 + len(GREET)} bytes")


def test_a_layer_that_is_none_is_told(tmp_path: Path) -> None:
    """What is missing, a single file, a bad zip, a slip and a link out: each is refused when the function is made."""
    (tmp_path / "one.py").write_text("")
    (tmp_path / "bad.zip").write_text("no zip")
    with zipfile.ZipFile(tmp_path / "slip.zip", "w") as archive:
        archive.writestr("../../etc/passwd", "")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "x").symlink_to("/etc/passwd")
    assert "There is no layer" in str(refuse([tmp_path / "nowhere"]))
    assert "a layer is a folder or a zip" in str(refuse([tmp_path / "one.py"]))
    for name in ("bad.zip", "slip.zip"):
        assert "Could not unzip uploaded file" in str(refuse([tmp_path / name]))
    assert "is a link that does not lead to a file of the package" in str(refuse([tmp_path / "linked"]))


def test_invoke_takes_layers_in_order(tmp_path: Path, create: Create) -> None:
    """``tutor invoke --layer A --layer B``: the later wins; a sixth is exit 2 and prints no line."""
    for name in ("a", "b"):
        (tmp_path / name / "python").mkdir(parents=True)
        (tmp_path / name / "python" / "greeting.py").write_text(f"TEXT = {name!r}")
    (tmp_path / "app.py").write_text(GREET)
    command = [sys.executable, "-m", "tutor", "invoke", str(tmp_path / "app.py")]

    def run(*layers: str) -> "subprocess.CompletedProcess[str]":
        flags = [part for layer in layers for part in ("--layer", str(tmp_path / layer))]
        return subprocess.run([*command, *flags], capture_output=True, text=True)

    assert run("a", "b").stdout == '"b"\n'
    refused = run(*"ababab")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Cannot reference more than 5 layers." in refused.stderr
