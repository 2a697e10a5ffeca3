"""Questions of QTI 2.0 to 2.2: a content package, or one item. XML is read by defusedxml: no entity is ever expanded.

An item is asked where it has one choice interaction and says what is right (``correctResponse``, or a mapping).
"""

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import ElementTree as Defused
from defusedxml.common import DefusedXmlException

from tutor.content.exchange.archive import Archive
from tutor.content.exchange.draft import Draft, DraftOption, Found, NotAQuestion, NotReadable, Refused
from tutor.content.exchange.hypertext import plain

MANIFEST = "imsmanifest.xml"
_ITEM = "assessmentItem"
_OTHER = {
    "questestinterop": "it is QTI 1.2: export it as QTI 2.1",
    "qti-assessment-item": "it is QTI 3: export it as QTI 2.1",
}


def manifest_of(archive: Archive) -> str | None:
    """The manifest's name in the zip, at its root or in a folder; None where the zip is no content package."""
    found = [name for name in archive.names if name.rpartition("/")[2] == MANIFEST]
    return min(found, key=lambda name: name.count("/"), default=None)


def read_qti_package(archive: Archive, manifest: str) -> Iterator[Found | Refused]:
    """The items that the manifest names, in its order. Raises ``NotReadable`` where it cannot be read or names none."""
    root = _parsed(archive.read(manifest))
    items = [one.get("href", "") for one in root.iter() if _name(one) == "resource" and "item" in one.get("type", "")]
    if not items:
        raise NotReadable("its manifest names no items of QTI 2: export it as QTI 2.1")
    for href in items:
        name = normpath(join(dirname(manifest), unquote(href)))
        try:
            yield _found(name, _parsed(archive.read(name)))
        except NotReadable as error:
            yield Refused(name, str(error))


def read_qti_item(content: bytes) -> Iterator[Found | Refused]:
    """One item that stands alone. Raises ``NotReadable`` for other XML."""
    root = _parsed(content)
    if _name(root) != _ITEM:
        raise NotReadable(_OTHER.get(_name(root), f"it is XML, but <{_name(root)}> is no item of QTI 2.1"))
    yield _found("the item", root)


def _parsed(content: bytes) -> Element:
    try:
        root: Element = Defused.fromstring(content, forbid_dtd=False)
    except DefusedXmlException as error:
        raise NotReadable("it declares entities of its own, which could read files or fill the memory") from error
    except (ParseError, ValueError, RecursionError) as error:
        raise NotReadable(f"it is no XML that can be read ({error})") from error
    return root


def _found(place: str, root: Element) -> Found | Refused:
    try:
        return Found(place, _draft(root))
    except NotAQuestion as error:
        return Refused(place, str(error), root.get("title", ""))
    except RecursionError:
        return Refused(place, "its elements stand too deep in one another", root.get("title", ""))


def _draft(item: Element) -> Draft:
    if _name(item) != _ITEM:
        raise NotAQuestion(_OTHER.get(_name(item), f"<{_name(item)}> is no item of QTI 2.1"))
    interactions = [one for one in item.iter() if _name(one).endswith("Interaction")]
    if len(interactions) != 1 or _name(interactions[0]) != "choiceInteraction":
        kinds = ", ".join(_name(one) for one in interactions) or "nothing"
        raise NotAQuestion(f"it asks by {kinds}, and the tutor asks by one choiceInteraction")
    (interaction,) = interactions
    right, whys = _right(item, interaction.get("responseIdentifier", "RESPONSE")), _feedback(item)
    identifier = item.get("identifier", "")
    return Draft(
        id=item.get("label") or identifier if identifier.startswith("tutor.") else identifier,
        title=item.get("title", ""),
        stem=_stem(item, interaction),
        options=tuple(_option(choice, right, whys) for choice in interaction.iter() if _name(choice) == "simpleChoice"),
    )


def _stem(item: Element, interaction: Element) -> str:
    body = next((one for one in item if _name(one) == "itemBody"), item)
    prompt = [one for one in interaction if _name(one) == "prompt"]
    parts = [_text(body, without=interaction), *(_text(one) for one in prompt)]
    return "\n\n".join(part for part in parts if part)


def _option(choice: Element, right: frozenset[str], whys: Mapping[str, str]) -> DraftOption:
    identifier = choice.get("identifier", "")
    inline = [one for one in choice.iter() if _name(one) in ("feedbackInline", "feedbackBlock")]
    why = whys.get(identifier) or " ".join(_text(one) for one in inline)
    return DraftOption(_text(choice, without=inline), why, identifier in right, identifier.removeprefix("o-"))


def _right(item: Element, response: str) -> frozenset[str]:
    """The identifiers of what is right: as declared, or, where only a mapping is, what it gives points for."""
    declared = [one for one in item if _name(one) == "responseDeclaration" and one.get("identifier") == response]
    for one in declared:
        values = [value.text or "" for value in one.iter() if _name(value) == "value"]
        if values:
            return frozenset(value.strip() for value in values)
        entries = [entry for entry in one.iter() if _name(entry) == "mapEntry"]
        return frozenset(entry.get("mapKey", "") for entry in entries if _points(entry) > 0)
    return frozenset()


def _points(entry: Element) -> float:
    try:
        return float(entry.get("mappedValue", "0"))
    except ValueError:
        return 0.0


def _feedback(item: Element) -> Mapping[str, str]:
    return {one.get("identifier", ""): _text(one) for one in item if _name(one) == "modalFeedback"}


def _text(element: Element, without: "Element | list[Element] | None" = None) -> str:
    """What stands in the element as Markdown, with some of it left out."""
    hidden = without if isinstance(without, list) else [] if without is None else [without]
    kept = _copy(element, {id(one) for one in hidden})
    return plain("".join([kept.text or "", *(tostring(child, "unicode") for child in kept)]))


def _copy(element: Element, hidden: set[int]) -> Element:
    """The element with bare names, and without those that are hidden; the text that follows them stays."""
    copy = Element(_name(element), dict(element.attrib))
    copy.text = element.text
    for child in element:
        kept = Element("span") if id(child) in hidden else _copy(child, hidden)
        kept.tail = child.tail
        copy.append(kept)
    return copy


def _name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]
