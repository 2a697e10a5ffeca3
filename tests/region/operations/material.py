"""What the tests of the operations are made of: zips, a role, and how a refusal is read."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Create = Callable[..., dict[str, Any]]
Clients = Callable[..., Any]

ROLE = "arn:aws:iam::123456789012:role/role"
ARN = "arn:aws:lambda:us-east-1:123456789012"


def zipped(**files: str) -> bytes:
    """A zip of Python files by their names without the ending; the same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.py", (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


CODE = zipped(app="def handler(event, context):\n    return event\n")
OTHER = zipped(app="def handler(event, context):\n    return 'other'\n")


def refusal(call: Callable[..., Any], **parameters: Any) -> str:
    """The code and the text with which the service refuses a call."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"
