"""A file of questions of another's, whatever its format: found out from what is in it, not from its name."""

from collections.abc import Iterator

from tutor.content.exchange.anki_file import COLLECTIONS, read_anki
from tutor.content.exchange.archive import Archive
from tutor.content.exchange.csv_file import read_csv
from tutor.content.exchange.draft import Found, NotReadable, Refused
from tutor.content.exchange.gift_file import read_gift
from tutor.content.exchange.json_file import read_json
from tutor.content.exchange.qti_reading import manifest_of, read_qti_item, read_qti_package

_ZIP, _SQLITE = b"PK\x03\x04", b"SQLite format 3"


def read_bank_file(content: bytes) -> Iterator[Found | Refused]:
    """What is in the file, in its order. Raises ``NotReadable``, at once or on the way, for what is none of them."""
    if content.startswith((_ZIP, b"PK\x05\x06")):
        return _archive(Archive(content))
    if content.startswith(_SQLITE):
        raise NotReadable("it is a database: export a deck package (.apkg) from Anki")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or content.startswith((b"\xff\xfe<", b"\xfe\xff\0<")):
        return read_qti_item(content)
    return _text(_decoded(content))


def _archive(archive: Archive) -> Iterator[Found | Refused]:
    manifest = manifest_of(archive)
    if manifest is not None:
        return read_qti_package(archive, manifest)
    if any(name.startswith(COLLECTIONS) for name in archive.names):
        return read_anki(archive)
    raise NotReadable("it is a zip, but neither a QTI package (no imsmanifest.xml) nor one of Anki (no collection)")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotReadable(f"it is no UTF-8 text (byte {error.start}): save it as UTF-8") from error


def _text(text: str) -> Iterator[Found | Refused]:
    begins = text.lstrip()[:1]
    if not begins:
        raise NotReadable("it is empty")
    if begins == "[" or (begins == "{" and '"' in text[:200]):
        return read_json(text)
    first = text.lstrip().split("\n", 1)[0].casefold()
    if "key" in first and "option" in first and any(sign in first for sign in ",;\t"):
        return read_csv(text)
    if "{" in text:
        return read_gift(text)
    raise NotReadable(
        "it is none of GIFT, QTI 2.1, an Anki package, CSV with the columns stem, key and option_1_text …, and JSON"
    )
