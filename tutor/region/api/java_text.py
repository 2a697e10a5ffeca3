"""Values as the service writes them into its texts: as Java does."""

from datetime import datetime
from typing import Any

from botocore.model import Shape

from tutor.region.api.model import lower_camel_case


def java_text(value: Any, shape: Shape) -> str:
    """``[a, b]`` for a list, ``{k=v}`` for a map, ``true``, ``2.0``; nothing of what is sensitive inside."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    if isinstance(value, datetime):
        return value.strftime("%a %b %d %H:%M:%S UTC %Y")
    if shape.type_name == "list":
        return f"[{', '.join(java_text(item, shape.member) for item in value)}]"
    if shape.type_name == "map":
        return f"{{{', '.join(f'{key}={java_text(item, shape.value)}' for key, item in value.items())}}}"
    if shape.type_name == "structure":
        return _structure_text(value, shape)
    return str(value)


def _structure_text(value: dict[str, Any], shape: Shape) -> str:
    shown = [
        f"{lower_camel_case(name)}=" + ("***" if shape.members[name].metadata.get("sensitive") else text)
        for name, text in ((name, java_text(item, shape.members[name])) for name, item in value.items())
    ]
    return f"{shape.name}({', '.join(shown)})"
