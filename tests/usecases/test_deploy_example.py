"""Code of the course as a package, and what boto3 raises as our own errors."""

import io
import zipfile
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tutor.errors import ServiceError, UsageError
from tutor.usecases.aws_refusal import aws_refusals
from tutor.usecases.deploy_example import zipped
from tutor.usecases.see_region import check_event


def test_a_package_holds_the_code_and_nothing_beside_it(tmp_path: Path) -> None:
    """Promise: layers and caches stay out, what may be executed stays so, and the same files are the same bytes."""
    for name in ("handler.py", "inner/more.py", "layers/words/python/words.py", "inner/__pycache__/more.pyc"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (tmp_path / "handler.py").chmod(0o755)
    package = zipped(tmp_path, ("layers/words",))
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.namelist() == ["handler.py", "inner/more.py"]
        assert archive.getinfo("handler.py").external_attr >> 16 & 0o777 == 0o755
    assert zipped(tmp_path, ("layers/words",)) == package


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    """Promise: nothing to deploy is said, not sent."""
    with pytest.raises(UsageError, match="There is no file in"):
        zipped(tmp_path)


def test_a_clients_errors_become_ours() -> None:
    """Promise: AWS's code and text arrive unchanged; what a client would not even send is a usage error."""
    with pytest.raises(ServiceError, match=r"^Some: text$"), aws_refusals():
        raise ClientError({"Error": {"Code": "Some", "Message": "text"}}, "Invoke")
    with pytest.raises(UsageError, match="bad"), aws_refusals():
        raise ParamValidationError(report="bad")


@pytest.mark.parametrize("text", ["{}", "7", "null", ' {"a": [1]} '])
def test_json_is_an_event(text: str) -> None:
    """Promise: whatever is JSON may be sent."""
    assert check_event(text) == ""


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "name"])
def test_what_is_no_json_is_told(text: str) -> None:
    """Promise: where the slip is, is said."""
    assert "line 1 column" in check_event(text)
