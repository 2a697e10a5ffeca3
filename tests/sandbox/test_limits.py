"""Every limit is held from outside: each test tries to pass it by force."""

import json
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest

from tests.sandbox.conftest import Create, configuration
from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError, UsageError
from tutor.sandbox.functions import SandboxedFunctions

STUBBORN = {
    "catches everything": "while True:\n        try:\n            time.sleep(30)\n        except BaseException: pass",
    "ignores signals": "[signal.signal(n, signal.SIG_IGN) for n in range(1, 32) if n not in (9, 19)]; time.sleep(30)",
    "blocks signals": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); time.sleep(30)",
    "forks and leaves": "os.fork() or (os.setsid(), os.fork()); time.sleep(30)",
    "computes": "while True: pass",
    "sits in C code": "'a'.join(['b' * 10]) and __import__('re').match('(a*)*b', 'a' * 40)",
    "closes every descriptor": "os.closerange(0, 100); time.sleep(30)",
    "closes its line and answers nothing": "os.close(3); time.sleep(30)",
    "fills its line with noise": "os.write(3, b'x' * 100000); time.sleep(30)",
}


@pytest.mark.parametrize("body", STUBBORN.values(), ids=STUBBORN)
def test_nothing_outlives_its_timeout(create: Create, body: str) -> None:
    """Whatever a handler does, it is gone at its timeout, and the environment serves the next event."""
    code = f"import os, signal, time\ndef handler(event, context):\n    if not event: return 'alive'\n    {body}\n"
    function = create(code, timeout=1)
    late = function.invoke({"go": True})
    assert late.error_type == "Sandbox.Timedout"
    assert late.report.duration_ms == 1000.0
    assert function.invoke({}).payload == "alive"


MEMORY = {
    "in one block": "x = bytearray(300 << 20)",
    "in children": "[os.fork() == 0 and (bytearray(60 << 20), time.sleep(30)) for _ in range(4)]; time.sleep(30)",
    "in shared memory": "m = mmap.mmap(-1, 300 << 20); [m.write(b'x' * (1 << 20)) for _ in range(300)]",
    "in an orphan": "os.fork() or (os.setsid(), os.fork() or (bytearray(300 << 20), time.sleep(30))); time.sleep(30)",
}


@pytest.mark.parametrize("body", MEMORY.values(), ids=MEMORY)
def test_the_whole_tree_is_held_to_its_memory(create: Create, body: str) -> None:
    """300 MB at 128 MB ends in a kill, however the memory is taken."""
    code = f"import mmap, os, time\ndef handler(event, context):\n    {body}\n    return 'kept it'\n"
    killed = create(code, timeout=20).invoke({})
    assert killed.error_type == "Runtime.OutOfMemory"
    assert killed.phases[-1].ended == "memory"


def test_what_fits_is_not_killed(create: Create) -> None:
    """100 MB at 128 MB is fine, and Max Memory Used tells of it."""
    code = "import time\ndef handler(event, context):\n    kept = bytearray(100 << 20)\n    time.sleep(0.2)\n    return len(kept)"
    kept = create(code, timeout=20).invoke({})
    assert kept.payload == 100 << 20
    assert 100 <= kept.report.max_memory_used_mb <= 128


def test_tmp_is_a_disk_of_its_size(create: Create) -> None:
    """It ends with OSError 28 at 512 MB, also beside 128 MB of memory, of which it is none; deleting makes room."""
    code = (
        "import os\ndef handler(event, context):\n    size = 0\n    try:\n        with open('/tmp/f', 'wb', 0) as f:\n"
        "            while True: size += f.write(b'x' * (1 << 20))\n    except OSError as error:\n"
        "        os.remove('/tmp/f'); open('/tmp/g', 'w').write('room')\n        return [error.errno, size >> 20]\n"
    )
    filled = create(code, timeout=60).invoke({})
    assert filled.payload == [28, 512]
    assert filled.report.max_memory_used_mb < 100


def test_tmp_ends_by_number_of_files_too(create: Create) -> None:
    """A flood of empty files ends with OSError 28."""
    code = (
        "def handler(event, context):\n    try:\n        for n in range(10**6): open(f'/tmp/{n}', 'w').close()\n"
        "    except OSError as error: return error.errno\n"
    )
    assert create(code, timeout=60).invoke({}).payload == 28


def test_everything_but_tmp_is_read_only(create: Create) -> None:
    """No file can be made or changed anywhere else, in /dev and /proc neither, and nothing can be mounted."""
    code = (
        "import os\ndef handler(event, context):\n    wrote = []\n"
        "    for place, folders, files in os.walk('/'):\n"
        "        if place.startswith(('/proc', '/tmp', '/sys')): folders.clear(); continue\n"
        "        try: os.close(os.open(place + '/mine', os.O_CREAT | os.O_WRONLY)); wrote.append(place)\n"
        "        except OSError: pass\n"
        "        if place.count('/') > 3: folders.clear()\n"
        "    for file in ('/var/task/app.py', '/var/runtime/bootstrap.py', '/etc/passwd', '/proc/sys/kernel/hostname'):\n"
        "        try: open(file, 'a').close(); wrote.append(file)\n"
        "        except OSError: pass\n"
        "    return wrote\n"
    )
    assert create(code, timeout=60).invoke({}).payload == []


def test_responses_are_counted_outside(create: Create) -> None:
    """The last byte that fits comes back; one more is Function.ResponseSizeTooLarge, and the environment lives on."""
    function = create(
        "calls = 0\ndef handler(event, context):\n    global calls; calls += 1\n    return 'x' * event or calls"
    )
    assert len(function.invoke(6_291_556 - 2).payload) == 6_291_554
    large = function.invoke(6_291_556 - 1)
    assert large.payload == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert function.invoke(0).payload == 3


def test_requests_are_counted_before_anything_runs(create: Create) -> None:
    """6 MB pass; one byte more is refused with the service's text."""
    function = create("def handler(event, context): return len(event)")
    assert function.invoke("x" * (6_291_456 - 2)).payload == 6_291_454
    with pytest.raises(ServiceError, match=r"6291457 byte payload is too large for the RequestResponse"):
        function.invoke("x" * (6_291_456 - 1))


def test_a_huge_event_for_a_handler_that_does_not_read_it_is_no_deadlock(create: Create) -> None:
    """While the runtime is still busy the supervisor neither blocks nor loses its deadline."""
    code = "import time\ndef handler(event, context): time.sleep(0.1) or print('x' * 200_000); return len(event)"
    assert create(code).invoke("x" * 6_000_000).payload == 6_000_000


def test_environment_variables_are_lambdas_and_the_functions_own(
    create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host's variables never leak in; reserved ones cannot be replaced; the rest can."""
    monkeypatch.setenv("SECRET_OF_THE_HOST", "x")
    code = "import os\ndef handler(event, context): return dict(os.environ)"
    seen = (
        create(code, environment={"MINE": "é", "TZ": "Asia/Tokyo"}, function_name="f", runtime="python3.13")
        .invoke({})
        .payload
    )
    assert "SECRET_OF_THE_HOST" not in seen
    assert (seen["MINE"], seen["TZ"]) == ("é", "Asia/Tokyo")
    assert (seen["AWS_LAMBDA_FUNCTION_NAME"], seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) == ("f", "128")
    assert (seen["LAMBDA_TASK_ROOT"], seen["_HANDLER"]) == ("/var/task", "app.handler")
    assert seen["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    as_recorded = ("PATH", "PWD", "SHLVL", "LC_CTYPE", "AWS_XRAY_CONTEXT_MISSING", "_AWS_XRAY_DAEMON_PORT")
    assert [seen[name] for name in as_recorded] == [
        "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin", "/var/task", "0", "C.UTF-8", "LOG_ERROR", "2000",
    ]  # fmt: skip


def test_everybody_in_the_sandbox_has_a_name(create: Create) -> None:
    """The user, and who owns the code, /opt and /tmp: looking them up fails nobody."""
    code = (
        "import getpass, pathlib\n"
        "def handler(event, context):\n"
        "    return [getpass.getuser(), *(pathlib.Path(p).owner() for p in ('/var/task', '/opt', '/tmp', '/'))]"
    )
    user, *owners = create(code).invoke({}).payload
    assert user == "sbx_user1051"
    assert all(isinstance(owner, str) for owner in owners)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"memory_size": 127}, "Value '127' at 'memorySize'"),
        ({"memory_size": 10241}, "Value '10241' at 'memorySize'"),
        ({"timeout": 0}, "Value '0' at 'timeout'"),
        ({"timeout": 901}, "Value '901' at 'timeout'"),
        ({"ephemeral_storage": 511}, "Value '511' at 'ephemeralStorage.size'"),
        (
            {"environment": {"AWS_REGION": "x", "_HANDLER": "y"}},
            "Reserved keys used in this request: AWS_REGION, _HANDLER",
        ),
        ({"environment": {"LONG": "x" * 4096}}, 'exceeded the 4KB limit. String measured: {"LONG":"xx'),
        ({"environment": {"1A": "x"}}, "failed to satisfy constraint: Map keys must satisfy constraint"),
        ({"handler": "two words"}, "Value 'two words' at 'handler'"),
    ],
)
def test_what_aws_refuses_is_refused_in_its_words(create: Create, settings: dict[str, object], text: str) -> None:
    """Nothing is clamped: creating the function fails."""
    with pytest.raises(ServiceError) as refusal:
        create("def handler(event, context): pass", **settings)
    assert text in refusal.value.message


def test_the_last_byte_of_environment_variables_fits(create: Create) -> None:
    """4,096 bytes of JSON pass; one more does not."""
    room = 4096 - len(json.dumps({"AB": ""}, separators=(",", ":")))
    create("def handler(event, context): pass", environment={"AB": "x" * room})
    with pytest.raises(ServiceError, match="4KB"):
        create("def handler(event, context): pass", environment={"AB": "x" * (room + 1)})


def test_packages_are_counted_by_apparent_size(tmp_path: Path, quotas: Quotas) -> None:
    """A folder over 250 MB is refused even when it is sparse; a zip of the same is refused by what it unpacks to."""
    with (tmp_path / "big").open("wb") as big:
        big.truncate(quotas.package_size_unzipped + 1)
    with pytest.raises(ServiceError, match="Unzipped size must be smaller than 262144000 bytes"):
        SandboxedFunctions(quotas).create(tmp_path, configuration())


@pytest.mark.parametrize("name", ["../out.py", "/etc/out.py", "a/../../out.py"])
def test_zips_with_a_way_out_are_refused(tmp_path: Path, quotas: Quotas, name: str) -> None:
    """A name that leads out of the package is no package."""
    with ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr(name, "x = 1")
    with pytest.raises(ServiceError, match="Could not unzip uploaded file"):
        SandboxedFunctions(quotas).create(tmp_path / "f.zip", configuration())


def test_links_in_a_zip_and_out_of_a_folder_are_refused(tmp_path: Path, quotas: Quotas) -> None:
    """A link can show a file of the host, so none is taken."""
    link = ZipInfo("app.py")
    link.external_attr = 0o120777 << 16
    with ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ServiceError, match="Could not unzip"):
        SandboxedFunctions(quotas).create(tmp_path / "f.zip", configuration())
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "app.py").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="is a link that does not lead to a file of the package"):
        SandboxedFunctions(quotas).create(folder, configuration())


def test_a_zip_whose_content_is_broken_is_refused(tmp_path: Path, quotas: Quotas) -> None:
    """Damage that shows only while unpacking has AWS's text too."""
    path = tmp_path / "f.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): pass  # " + "x" * 1000)
    data = bytearray(path.read_bytes())
    data[200] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ServiceError, match="Could not unzip"):
        SandboxedFunctions(quotas).create(path, configuration())


def test_a_file_a_folder_and_a_zip_run_the_same(tmp_path: Path, quotas: Quotas, create: Create) -> None:
    """The package is a snapshot with Lambda's permissions, whatever it came from."""
    create("def handler(event, context): pass").invoke({})
    code = "import os\ndef handler(event, context): return [oct(os.stat('/var/task/app.py').st_mode), sorted(os.listdir())]"
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "app.py").write_text(code)
    (folder / "app.py").chmod(0o600)
    (folder / "sub" / "data.txt").write_text("x")
    with ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.write(folder / "app.py", "app.py")
        archive.writestr("sub/data.txt", "x")
    seen = []
    for target in (folder / "app.py", folder, tmp_path / "f.zip"):
        function = SandboxedFunctions(quotas).create(target, configuration())
        seen.append(function.invoke({}).payload)
        function.close()
    assert seen == [["0o100644", ["app.py"]], ["0o100644", ["app.py", "sub"]], ["0o100644", ["app.py", "sub"]]]
