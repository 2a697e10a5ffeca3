"""What moto gets for ``yaml``: templates are data. Its own loader would run code that a template names."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from tutor.region.neighbours.moto_clock import Shim


def template_yaml(real: ModuleType) -> ModuleType:
    """``yaml`` whose every loader makes plain values alone, and knows the short forms that are added to it."""
    safe: Any = real.__dict__["SafeLoader"]
    loader: Any = type("TemplateLoader", (safe,), {})

    def load(stream: Any, *_: Any, **__: Any) -> Any:
        return real.__dict__["load"](stream, loader)

    def add_multi_constructor(prefix: str, made: Callable[..., Any], *_: Any, **__: Any) -> None:
        loader.add_multi_constructor(prefix, made)

    names = ("Loader", "FullLoader", "UnsafeLoader", "CLoader", "CFullLoader", "CUnsafeLoader")
    loads = ("load", "safe_load", "full_load", "unsafe_load")
    return Shim(
        real,
        {
            **dict.fromkeys(names, loader),
            **dict.fromkeys(loads, load),
            "add_multi_constructor": add_multi_constructor,
        },
    )
