"""The deployment package: what lies in /var/task, and its layers in /opt, checked before anything of them is used.

The code and each layer is a file, a folder, a zip, or a mapping of file names to texts.
Texts of the refusals are AWS's own (recorded from the service) where AWS has one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError, UsageError
from tutor.sandbox import archive, bundle
from tutor.sandbox.bundle import Bundle, Piece

Code = Path | Mapping[str, str]
"""Where code, or a layer, comes from."""


@dataclass(frozen=True)
class Package:
    """The function's own files, and its layers in the order in which they are merged."""

    code: Bundle
    layers: tuple[Bundle, ...] = ()

    def contents(self) -> Iterator[tuple[str, Piece]]:
        """Everything with the part it belongs to, ``task`` or ``opt``, read now; what comes later replaces."""
        for piece in self.code.pieces():
            yield "task", piece
        for layer in self.layers:
            for piece in layer.pieces():
                yield "opt", piece


def open_package(code: Code, quotas: Quotas, layers: Sequence[Code] = (), *, stored: bool = False) -> Package:
    """Check and describe a package with its layers. What is ``stored`` already may be longer than a direct upload.

    Raises ``UsageError`` for what is not there or is no package, ``ServiceError`` for what AWS refuses.
    """
    if len(layers) > quotas.layers_max:
        text = f"Cannot reference more than {quotas.layers_max} layers."
        raise ServiceError("InvalidParameterValueException", text)
    most = None if stored else quotas.package_size_zipped
    package = Package(_code(code, quotas, most), tuple(_layer(layer, quotas, most) for layer in layers))
    if package.code.size + sum(layer.size for layer in package.layers) > quotas.package_size_unzipped:
        text = f"Unzipped size must be smaller than {quotas.package_size_unzipped} bytes"
        raise ServiceError("InvalidParameterValueException", text)
    return package


def _code(code: Code, quotas: Quotas, most: int | None) -> Bundle:
    if not isinstance(code, Path):
        return bundle.texts(code)
    if not code.exists():
        raise UsageError(f"There is no file or folder {str(code)!r}. Give a handler's file, its folder, or a zip.")
    if code.is_dir() or code.suffix == ".zip":
        return _tree(code, quotas, most)
    if not code.is_file():
        raise UsageError(f"{str(code)!r} is neither a file nor a folder. Give a handler's file, its folder, or a zip.")
    return bundle.single(code)


def _layer(layer: Code, quotas: Quotas, most: int | None) -> Bundle:
    if not isinstance(layer, Path):
        return bundle.texts(layer)
    if not layer.exists():
        raise UsageError(f"There is no layer {str(layer)!r}. Give a folder or a zip that becomes part of /opt.")
    if not layer.is_dir() and layer.suffix != ".zip":
        raise UsageError(f"{str(layer)!r} is no layer: a layer is a folder or a zip, with python/, bin/ or lib/ in it.")
    return _tree(layer, quotas, most)


def _tree(path: Path, quotas: Quotas, most: int | None) -> Bundle:
    if path.is_dir():
        return bundle.folder(path)
    if not path.is_file():
        raise UsageError(f"{str(path)!r} is no ordinary file. Give a folder or a zip.")
    if most is not None and path.stat().st_size > most:
        text = f"Zipped size must be smaller than {most} bytes"
        raise ServiceError("RequestEntityTooLargeException", text)
    return archive.archive(path, quotas.package_size_unzipped)
