"""``tutor package``: a function and its requirements become one package, without any network."""

import json
import os
import platform
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]
HANDLER = "import greeting\n\n\ndef lambda_handler(event, context):\n    return greeting.TEXT\n"
MACHINE = "aarch64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


def make_wheel(folder: Path, name: str, tag: str = "py3-none-any", text: str = "hello", scripts: str = "") -> Path:
    """A wheel of one module with a ``TEXT``; ``scripts`` names a console script."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": f"TEXT = {text!r}\n\n\ndef main():\n    print(TEXT)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    if scripts:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{scripts} = {name}:main\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, content in files.items():
            wheel.writestr(inside, content)
    return path


def make_function(folder: Path, requirements: str = "greeting==1.0\n", handler: str = HANDLER) -> Path:
    """A function's folder with a requirements.txt."""
    folder.mkdir()
    (folder / "lambda_function.py").write_text(handler)
    (folder / "requirements.txt").write_text(requirements)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs ``tutor`` in the test's folder; pip finds wheels in ``wheels`` there and nowhere else."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    env |= {
        "TUTOR_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(tmp_path / "wheels"),
    }

    def run(*arguments: str | Path, **more: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "tutor", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, env=env | more, capture_output=True, text=True)

    return run


def contents(path: Path) -> dict[str, bytes]:
    """A zip's files."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_function_gets_its_packages_into_a_zip(tmp_path: Path, run: Run) -> None:
    """The zip holds the function's files and its packages; its path is on stdout, the narration on stderr."""
    make_wheel(tmp_path / "wheels", "greeting")
    make_function(tmp_path / "fn")
    done = run("package", "fn", "-o", "out.zip")
    assert (done.returncode, done.stdout) == (0, "out.zip\n"), done.stderr
    assert "greeting 1.0" in done.stderr
    files = contents(tmp_path / "out.zip")
    assert {"lambda_function.py", "requirements.txt", "greeting.py", "greeting-1.0.dist-info/METADATA"} <= set(files)
    assert files["lambda_function.py"].decode() == HANDLER


def test_a_built_package_runs_in_the_sandbox(tmp_path: Path, run: Run) -> None:
    """What was built, a zip or a folder, is what ``tutor invoke`` runs; without it, invoke says what is missing."""
    make_wheel(tmp_path / "wheels", "greeting")
    make_function(tmp_path / "fn")
    bare = run("invoke", "fn")
    if bare.returncode == 3:
        pytest.skip(bare.stderr.strip())
    assert bare.returncode == 1
    assert "requirements.txt asks for greeting, not in 'fn'. Build a package with it: tutor package fn" in bare.stderr
    for out in ("out.zip", "out"):
        assert run("package", "fn", "-o", out).returncode == 0
        done = run("invoke", out)
        assert (done.returncode, json.loads(done.stdout)) == (0, "hello"), done.stderr
        assert "requirements.txt" not in done.stderr


def test_the_same_input_gives_the_same_zip(tmp_path: Path, run: Run) -> None:
    """Neither the time, nor the order of files, nor this machine's paths are in a package."""
    make_wheel(tmp_path / "wheels", "greeting", scripts="greet")
    make_function(tmp_path / "fn")
    assert run("package", "fn", "-o", "one.zip").returncode == 0
    os.utime(tmp_path / "fn" / "lambda_function.py", (1, 1))
    assert run("package", "fn", "-o", "two.zip", TUTOR_HOME=str(tmp_path / "another home")).returncode == 0
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    files = contents(tmp_path / "one.zip")
    assert not [name for name, content in files.items() if str(tmp_path).encode() in content]
    assert not [name for name in files if name.startswith("bin/") or "__pycache__" in name]


def test_packages_are_kept_and_fetched_anew_when_the_requirements_change(tmp_path: Path, run: Run) -> None:
    """A second build needs no wheels; another requirement does."""
    wheel = make_wheel(tmp_path / "wheels", "greeting")
    make_function(tmp_path / "fn")
    assert run("package", "fn").returncode == 0
    wheel.unlink()
    (tmp_path / "fn.zip").unlink()
    assert run("package", "fn").returncode == 0
    assert "greeting.py" in contents(tmp_path / "fn.zip")
    (tmp_path / "fn" / "requirements.txt").write_text("greeting==1.0\nfarewell==1.0\n")
    assert run("package", "fn").returncode == 2


def test_wheels_are_chosen_for_the_runtime_on_amazon_linux(tmp_path: Path, run: Run) -> None:
    """Of wheels for several Pythons and systems the one for the runtime's is taken, whatever runs the tutor."""
    for tag, text in (
        (f"cp312-cp312-manylinux_2_28_{MACHINE}", "3.12 on Amazon Linux 2023"),
        (f"cp313-cp313-manylinux2014_{MACHINE}", "3.13"),
        (f"cp312-cp312-manylinux_2_35_{MACHINE}", "too new for Amazon Linux 2023"),
        ("cp312-cp312-win_amd64", "Windows"),
        ("cp312-cp312-macosx_11_0_arm64", "macOS"),
    ):
        make_wheel(tmp_path / "wheels", "greeting", tag, text)
    make_function(tmp_path / "fn")
    done = run("package", "fn", "--runtime", "python3.12", "-o", "out.zip")
    assert done.returncode == 0, done.stderr
    assert b"3.12 on Amazon Linux 2023" in contents(tmp_path / "out.zip")["greeting.py"]
    for older in ("python3.11", "python3.14"):
        done = run("package", "fn", "--runtime", older, "-o", "older.zip")
        assert done.returncode == 2
        assert f"pip cannot get the packages of 'fn/requirements.txt' for {older}:" in done.stderr
        assert not (tmp_path / "older.zip").exists()


def test_what_lies_beside_the_function_is_taken_anew_each_time(tmp_path: Path, run: Run) -> None:
    """A requirement may be a path: its content can change, so nothing of it is kept, nor where it lay."""
    make_wheel(tmp_path / "wheels", "greeting")
    make_function(tmp_path / "fn", "./vendor/greeting-1.0-py3-none-any.whl\n")
    make_wheel(tmp_path / "fn" / "vendor", "greeting", text="first")
    assert run("package", "fn", "-o", "one.zip").returncode == 0
    make_wheel(tmp_path / "fn" / "vendor", "greeting", text="second")
    assert run("package", "fn", "-o", "two.zip").returncode == 0
    assert b"first" in contents(tmp_path / "one.zip")["greeting.py"]
    assert b"second" in contents(tmp_path / "two.zip")["greeting.py"]
    assert not [name for name in contents(tmp_path / "two.zip") if name.endswith("direct_url.json")]


def test_a_package_index_out_of_reach_is_said_in_one_sentence(tmp_path: Path, run: Run) -> None:
    """Offline, the exit code is 2 and no traceback of pip's is shown."""
    make_function(tmp_path / "fn")
    nowhere = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:1/simple"}
    done = run("package", "fn", **nowhere)
    assert done.returncode == 2
    assert "no package index can be reached from here" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_json_tells_what_aws_would(tmp_path: Path, run: Run) -> None:
    """``--json`` prints AWS's CodeSize and CodeSha256 of the zip."""
    import base64
    import hashlib

    make_wheel(tmp_path / "wheels", "greeting")
    make_function(tmp_path / "fn")
    told = json.loads(run("package", "fn", "--json").stdout)
    data = (tmp_path / "fn.zip").read_bytes()
    assert told["Package"] == "fn.zip"
    assert told["Packages"] == ["greeting 1.0"]
    assert told["CodeSize"] == len(data)
    assert told["CodeSha256"] == base64.b64encode(hashlib.sha256(data).digest()).decode()


def test_a_functions_own_file_wins_over_a_packages(tmp_path: Path, run: Run) -> None:
    """As in the folder: what the author wrote is what runs."""
    make_wheel(tmp_path / "wheels", "greeting")
    make_function(tmp_path / "fn")
    (tmp_path / "fn" / "greeting.py").write_text("TEXT = 'mine'\n")
    assert run("package", "fn").returncode == 0
    assert contents(tmp_path / "fn.zip")["greeting.py"] == b"TEXT = 'mine'\n"


def test_a_zip_inside_the_folder_is_not_packed_into_itself(tmp_path: Path, run: Run) -> None:
    """Building into the function's own folder twice gives the same package."""
    make_function(tmp_path / "fn", "")
    assert run("package", "fn", "-o", "fn/out.zip").returncode == 0
    first = (tmp_path / "fn" / "out.zip").read_bytes()
    assert run("package", "fn", "-o", "fn/out.zip").returncode == 0
    assert (tmp_path / "fn" / "out.zip").read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "There is no folder 'nowhere'"),
        (("fn", "-o", "full"), "'full' exists and is not empty"),
        (("fn", "-o", "a.zip"), "'a.zip' is a folder"),
        (("fn", "--runtime", "python3.7"), "The runtime parameter of python3.7 is no longer supported"),
        (("fn", "--runtime", "pithon3.12"), "did you mean 'python3.12'?"),
        (("fn", "--runtime", "nodejs22.x"), "tutor package builds Python functions"),
        (("broken",), "pip cannot get the packages of 'broken/requirements.txt'"),
        (("binary",), "it is no UTF-8 text"),
        (("linked",), "leads out of the folder"),
    ],
)
def test_what_cannot_be_built_is_said(tmp_path: Path, run: Run, arguments: tuple[str, ...], said: str) -> None:
    """Wrong input ends with 2 and one sentence, and nothing that was there is overwritten."""
    make_function(tmp_path / "fn", "")
    make_function(tmp_path / "broken", "???\n")
    make_function(tmp_path / "binary", "")
    (tmp_path / "binary" / "requirements.txt").write_bytes(b"\xff\xfe\x00")
    make_function(tmp_path / "linked", "")
    (tmp_path / "linked" / "passwd").symlink_to("/etc/passwd")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("kept")
    (tmp_path / "a.zip").mkdir()
    done = run("package", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "full" / "mine.txt").read_text() == "kept"
