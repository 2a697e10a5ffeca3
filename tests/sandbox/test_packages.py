"""Deployment packages: what a function finds in /var/task, and zips that are not what they say they are."""

import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create, configuration, real_quotas
from tutor.errors import ServiceError, UsageError
from tutor.sandbox.functions import SandboxedFunction, SandboxedFunctions

HANDLER = "import os\ndef handler(event, context):\n    return None\n"
BAD_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
LOOK = """\
import os, stat
def handler(event, context):
    found = {}
    for place, folders, names in os.walk('/var/task'):
        for name in folders + names:
            path = os.path.join(place, name)
            state = os.lstat(path)
            kind = 'link' if stat.S_ISLNK(state.st_mode) else oct(stat.S_IMODE(state.st_mode))
            found[os.path.relpath(path, '/var/task')] = kind
    return found
"""
Make = Callable[..., SandboxedFunction]


@pytest.fixture
def make(create: Create, request: pytest.FixtureRequest) -> Make:
    """Makes functions from a path, closed afterwards; skips where there is no sandbox, as ``create`` does."""

    def make(code: Path, **settings: Any) -> SandboxedFunction:
        function = SandboxedFunctions(real_quotas()).create(code, configuration(**settings))
        request.addfinalizer(function.close)
        return function

    return make


def write_zip(path: Path, files: dict[str | zipfile.ZipInfo, str | bytes]) -> Path:
    """A zip of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    """An entry with a kind and permissions, made on Unix."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def refusal(path: Path) -> str:
    """What AWS says of a package; the test fails where it is taken."""
    with pytest.raises(ServiceError) as refused:
        SandboxedFunctions(real_quotas()).create(path, configuration())
    return refused.value.message


def test_permissions_are_lambdas_whatever_the_package_had(tmp_path: Path, make: Make) -> None:
    """Files are 644, folders and executables 755, also where this process' own mask is stricter."""
    files: dict[str | zipfile.ZipInfo, str | bytes] = {
        entry("app.py", 0o100600): LOOK,
        entry("tool", 0o100700): "#!/bin/sh\n",
        entry("deep/er/data.txt", 0o100666): "x",
    }
    expected = {"app.py": "0o644", "tool": "0o755", "deep": "0o755", "deep/er": "0o755", "deep/er/data.txt": "0o644"}
    path = write_zip(tmp_path / "f.zip", files)
    assert make(path).invoke({}).payload == expected
    command = [sys.executable, "-m", "tutor", "invoke", str(path), "--handler", "app.handler"]
    assert json.loads(subprocess.run(command, capture_output=True, umask=0o077).stdout) == expected


def test_links_inside_a_package_stay_links(tmp_path: Path, make: Make) -> None:
    """Shared libraries come as links: they are kept in a zip and in a folder, to files and to folders."""
    code = LOOK.replace("return found", "return [found['so'], found['lib64'], open('/var/task/lib64/so.1').read()]")
    files: dict[str | zipfile.ZipInfo, str | bytes] = {
        "app.py": code,
        "lib/so.1": "library",
        entry("so", 0o120777): "lib/so.1",
        entry("lib64", 0o120777): "lib",
    }
    folder = tmp_path / "folder"
    (folder / "lib").mkdir(parents=True)
    (folder / "app.py").write_text(code)
    (folder / "lib" / "so.1").write_text("library")
    (folder / "so").symlink_to(folder / "lib" / "so.1")
    (folder / "lib64").symlink_to("lib")
    for path in (write_zip(tmp_path / "f.zip", files), folder):
        assert make(path).invoke({}).payload == ["link", "link", "library"]


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside", "", "a\0b"])
def test_links_out_of_a_zip_are_refused(tmp_path: Path, target: str) -> None:
    """A link may not lead out of the package, nor nowhere."""
    assert refusal(write_zip(tmp_path / "f.zip", {"app.py": HANDLER, entry("x", 0o120777): target})) == BAD_ZIP


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A file below a link would lie where the link leads: such a zip is refused."""
    files: dict[str | zipfile.ZipInfo, str | bytes] = {
        "app.py": HANDLER,
        entry("x", 0o120777): "lib",
        "x/evil.py": "evil",
        "lib/a": "a",
    }
    assert refusal(write_zip(tmp_path / "f.zip", files)) == BAD_ZIP


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/x", "..\\x", "a\\..\\..\\x", ".", "x" * 256, "a/" + "é" * 128, "d/" * 1600 + "x"],
)
def test_names_that_lead_out_or_cannot_be_are_refused(tmp_path: Path, name: str) -> None:
    """Zip slips of every slope, and names that no Linux can hold."""
    assert refusal(write_zip(tmp_path / "f.zip", {"app.py": HANDLER, name: "x"})) == BAD_ZIP


def test_a_folder_is_one_by_its_name(tmp_path: Path, make: Make) -> None:
    """Some packers of jars give folders a mode of no kind; the slash at the name's end is what counts."""
    odd = write_zip(tmp_path / "f.zip", {"app.py": HANDLER, entry("META-INF/maven/", 0o177777): ""})
    assert make(odd).invoke({}).payload is None


@pytest.mark.parametrize("mode", [0o010644, 0o020644, 0o060644, 0o140644])
def test_devices_pipes_and_sockets_are_refused(tmp_path: Path, mode: int) -> None:
    """A package holds files, folders and links."""
    assert refusal(write_zip(tmp_path / "f.zip", {"app.py": HANDLER, entry("x", mode): ""})) == BAD_ZIP


def test_a_file_that_is_a_folder_too_is_refused(tmp_path: Path) -> None:
    """Both cannot lie at one path."""
    assert refusal(write_zip(tmp_path / "f.zip", {"app.py": HANDLER, "a": "file", "a/b": "below"})) == BAD_ZIP
    assert refusal(write_zip(tmp_path / "f.zip", {"app.py": HANDLER, "a": "file", "a/": ""})) == BAD_ZIP


def test_a_bomb_is_measured_and_not_unpacked(tmp_path: Path) -> None:
    """Half a gigabyte of zeros in half a megabyte is refused by its declared size."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as file:
        for _ in range(512):
            file.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    assert refusal(path) == "Unzipped size must be smaller than 262144000 bytes"


def _declare(path: Path, name: bytes, size: int, checksum: int) -> None:
    """Let the table of contents tell another size and checksum of a file."""
    data = bytearray(path.read_bytes())
    start = data.rfind(b"PK\1\2", 0, data.rfind(name))
    data[start + 16 : start + 20] = struct.pack("<I", checksum)
    data[start + 24 : start + 28] = struct.pack("<I", size)
    path.write_bytes(data)


def test_a_bomb_that_lies_about_its_size_is_read_no_further(tmp_path: Path, make: Make) -> None:
    """Of a file that says it has ten bytes ten are taken, whatever comes after them; a wrong checksum is refused."""
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.py", "import os\ndef handler(event, context): return os.path.getsize('/var/task/zeros')")
        with archive.open("zeros", "w") as file:
            for _ in range(512):
                file.write(bytes(1 << 20))
    _declare(path, b"zeros", 10, zlib.crc32(bytes(10)))
    assert make(path).invoke({}).payload == 10
    _declare(path, b"zeros", 10, 0)
    assert refusal(path) == BAD_ZIP


def test_a_file_shorter_than_it_says_is_refused(tmp_path: Path) -> None:
    """Nor can a file be longer in words than in bytes: that would wait for ever for the rest."""
    path = write_zip(tmp_path / "f.zip", {"app.py": HANDLER, "short": "abc"})
    _declare(path, b"short", 1 << 20, zlib.crc32(b"abc"))
    assert refusal(path) == BAD_ZIP


def test_a_table_of_contents_may_not_fill_the_memory(tmp_path: Path) -> None:
    """Sixteen megabytes of names and comments are not listed, although each file is empty."""
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("app.py", HANDLER)
        for number in range(260):
            info = zipfile.ZipInfo(str(number))
            info.comment = bytes(65_535)
            archive.writestr(info, "")
    assert refusal(path) == BAD_ZIP


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_not_every_unzip_knows_is_refused(tmp_path: Path, method: int) -> None:
    """Stored and deflated are what a zip is; the others grow without bound in one step."""
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("app.py", HANDLER)
    assert refusal(path) == BAD_ZIP


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\5\6" + bytes(18), b"PK\3\4" + bytes(60)])
def test_what_is_no_zip_is_refused_or_empty(tmp_path: Path, content: bytes, make: Make) -> None:
    """Any bytes named .zip end in AWS's text, or, where they are an empty zip, in a function without a module."""
    path = tmp_path / "f.zip"
    path.write_bytes(content)
    if content.startswith(b"PK\5\6"):
        assert make(path).invoke({}).error_type == "Runtime.ImportModuleError"
    else:
        assert refusal(path) == BAD_ZIP


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    """Nobody asks for a password."""
    path = write_zip(tmp_path / "f.zip", {"app.py": HANDLER})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(mark) + offset] |= 1
    path.write_bytes(data)
    assert refusal(path) == BAD_ZIP


def test_a_path_that_comes_twice_has_the_later_content(tmp_path: Path, make: Make) -> None:
    """As unzip leaves it when it overwrites."""
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return open('/var/task/a').read()")
        archive.writestr("a", "first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", "second")
    assert make(path).invoke({}).payload == "second"


def test_names_are_what_they_are_in_lambda(tmp_path: Path, make: Make) -> None:
    """Case counts; a backslash is a letter of a name; UTF-8 is read whether or not the zip says that it is."""
    code = "import os\ndef handler(event, context): return sorted(os.listdir('/var/task'))"
    files: dict[str | zipfile.ZipInfo, str | bytes] = {
        "app.py": code,
        "A.py": "",
        "a.py": "",
        "b\\c.py": "",
        "é.txt": "",
    }
    path = write_zip(tmp_path / "f.zip", files)
    data = path.read_bytes()
    expected = sorted(["app.py", "A.py", "a.py", "b\\c.py", "é.txt"])
    assert make(path).invoke({}).payload == expected
    unsaid = bytearray(data)
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = unsaid.rfind(mark, 0, unsaid.find("é".encode()) if mark == b"PK\3\4" else unsaid.rfind("é".encode()))
        unsaid[at + offset + 1] &= ~8
    path.write_bytes(unsaid)
    assert make(path).invoke({}).payload == expected


def test_many_files_are_taken(tmp_path: Path, make: Make) -> None:
    """Ten thousand files in a few folders, each where it belongs."""
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "app.py", "import os\ndef handler(e, c): return sum(len(f) for _, _, f in os.walk('/var/task'))"
        )
        for number in range(10_000):
            archive.writestr(f"d{number % 7}/{number}", "")
    assert make(path, timeout=60).invoke({}).payload == 10_001


def test_a_large_file_goes_through_whole(tmp_path: Path, make: Make) -> None:
    """Many stretches of one file come out as that file, from a folder and from a zip."""
    content = b"".join(struct.pack(">I", number) for number in range(1_500_000))
    code = "import hashlib\ndef handler(e, c): return hashlib.md5(open('/var/task/big', 'rb').read()).hexdigest()"
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "app.py").write_text(code)
    (folder / "big").write_bytes(content)
    import hashlib

    expected = hashlib.md5(content).hexdigest()
    for path in (folder, write_zip(tmp_path / "f.zip", {"app.py": code, "big": content})):
        assert make(path, memory_size=256, timeout=20).invoke({}).payload == expected


def test_a_file_that_goes_away_is_said(tmp_path: Path, make: Make) -> None:
    """A package is read when the function is first invoked; what is gone by then is told by name."""
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "app.py").write_text(HANDLER)
    (folder / "gone").write_text("x")
    function = make(folder)
    (folder / "gone").unlink()
    with pytest.raises(UsageError, match="gone' cannot be read"):
        function.invoke({})
    (folder / "gone").write_text("x")
    assert function.invoke({}).payload is None


def test_a_file_that_grows_is_taken_as_long_as_it_was(tmp_path: Path, make: Make) -> None:
    """What was checked is what is taken: a log that grows meanwhile adds nothing."""
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "app.py").write_text("import os\ndef handler(e, c): return os.path.getsize('/var/task/log')")
    (folder / "log").write_text("12345")
    function = make(folder)
    (folder / "log").write_text("12345678")
    assert function.invoke({}).payload == 5


def test_pipes_and_sockets_in_a_folder_are_refused_at_once(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    (tmp_path / "app.py").write_text(HANDLER)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="no ordinary file"):
        SandboxedFunctions(real_quotas()).create(tmp_path, configuration())


def test_links_that_go_round_are_refused(tmp_path: Path) -> None:
    """Neither followed for ever nor a traceback."""
    (tmp_path / "app.py").write_text(HANDLER)
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(UsageError, match="is a link that does not lead to a file of the package"):
        SandboxedFunctions(real_quotas()).create(tmp_path, configuration())


def test_a_sparse_file_counts_with_its_apparent_size(tmp_path: Path) -> None:
    """It would take that room when unzipped."""
    (tmp_path / "app.py").write_text(HANDLER)
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(300 << 20)
    with pytest.raises(ServiceError, match="Unzipped size must be smaller than 262144000 bytes"):
        SandboxedFunctions(real_quotas()).create(tmp_path, configuration())


def test_a_zip_over_the_upload_limit_is_refused_unopened(tmp_path: Path) -> None:
    """50 MB zipped, in AWS's words."""
    path = tmp_path / "f.zip"
    with path.open("wb") as file:
        file.truncate((50 << 20) + 1)
    assert refusal(path) == "Zipped size must be smaller than 52428800 bytes"


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "", "a/../../b", "nul\0"])
def test_texts_may_not_lead_out_either(name: str) -> None:
    """An experiment's mapping of file names is checked like a zip."""
    with pytest.raises(UsageError, match="is no name for a file of a package"):
        SandboxedFunctions(real_quotas()).create({"app.py": HANDLER, name: "x"}, configuration())


def test_unzip_agrees_about_what_is_taken(tmp_path: Path, make: Make) -> None:
    """What the system's own zip program made is read as it meant it."""
    folder = tmp_path / "f"
    (folder / "sub").mkdir(parents=True)
    (folder / "app.py").write_text(LOOK)
    (folder / "sub" / "tool").write_text("x")
    (folder / "sub" / "tool").chmod(0o755)
    (folder / "link").symlink_to("sub/tool")
    try:
        subprocess.run(["zip", "-qry", "../f.zip", "."], cwd=folder, check=True)
    except FileNotFoundError:
        pytest.skip("this host has no zip program")
    expected = {"app.py": "0o644", "sub": "0o755", "sub/tool": "0o755", "link": "link"}
    assert make(tmp_path / "f.zip").invoke({}).payload == expected


def test_a_package_within_the_limit_by_one_byte_is_taken(tmp_path: Path) -> None:
    """The limit itself is allowed; one byte more is not."""
    quotas = replace(real_quotas(), package_size_unzipped=1000)
    for size, taken in ((1000, True), (1001, False)):
        (tmp_path / "app.py").write_bytes(b"#" * size)
        if taken:
            SandboxedFunctions(quotas).create(tmp_path / "app.py", configuration()).close()
        else:
            with pytest.raises(ServiceError, match="Unzipped size must be smaller than 1000 bytes"):
                SandboxedFunctions(quotas).create(tmp_path / "app.py", configuration())
