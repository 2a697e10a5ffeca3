"""Questions as a QTI 2.1 content package: https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html.

A zip with a manifest and one item for each question. All or nothing, as in the exam; each option that was chosen has
its why as feedback. ``qti_reading`` reads them.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from tutor.content.exchange.hypertext import xhtml
from tutor.study.exchanged_question import ExchangedQuestion

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same questions are the same bytes


def write_qti(questions: Sequence[ExchangedQuestion]) -> bytes:
    """The package."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as files:
        _put(files, "imsmanifest.xml", _manifest(questions))
        for question in questions:
            _put(files, _href(question), _item(question))
    return package.getvalue()


def identifier(question_id: str) -> str:
    """A question's id as XML allows it."""
    return "tutor." + re.sub(r"[^A-Za-z0-9_.-]", ".", question_id)


def _manifest(questions: Sequence[ExchangedQuestion]) -> Element:
    manifest = Element("manifest", xmlns=PACKAGE, identifier="tutor.questions")
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTIv2.1 Package"
    SubElement(metadata, "schemaversion").text = "1.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    for question in questions:
        known = {"identifier": identifier(question.id), "type": "imsqti_item_xmlv2p1", "href": _href(question)}
        SubElement(SubElement(resources, "resource", known), "file", href=_href(question))
    return manifest


def _item(question: ExchangedQuestion) -> Element:
    cardinality = "single" if question.choose == 1 else "multiple"
    item = Element(
        "assessmentItem",
        xmlns=QTI,
        identifier=identifier(question.id),
        title=question.title,
        label=question.id,
        adaptive="false",
        timeDependent="false",
    )
    declared = {"identifier": "RESPONSE", "cardinality": cardinality, "baseType": "identifier"}
    correct = SubElement(SubElement(item, "responseDeclaration", declared), "correctResponse")
    for option in question.options:
        if option.right:
            SubElement(correct, "value").text = f"o-{option.id}"
    SubElement(item, "outcomeDeclaration", identifier="SCORE", cardinality="single", baseType="float")
    SubElement(item, "outcomeDeclaration", identifier="FEEDBACK", cardinality=cardinality, baseType="identifier")
    body = SubElement(item, "itemBody")
    body.append(_block(question.stem))
    interaction = SubElement(
        body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="true", maxChoices=str(question.choose)
    )
    for option in question.options:
        choice = SubElement(interaction, "simpleChoice", identifier=f"o-{option.id}")
        choice.append(_block(option.text))
    _processing(item)
    for option in question.options:
        shown = {"outcomeIdentifier": "FEEDBACK", "identifier": f"o-{option.id}", "showHide": "show"}
        SubElement(item, "modalFeedback", shown).append(_block(option.why))
    return item


def _processing(item: Element) -> None:
    """A point where the response matches the key; the feedback is of what was chosen."""
    processing = SubElement(item, "responseProcessing")
    condition = SubElement(processing, "responseCondition")
    right = SubElement(condition, "responseIf")
    match = SubElement(right, "match")
    SubElement(match, "variable", identifier="RESPONSE")
    SubElement(match, "correct", identifier="RESPONSE")
    for branch, score in ((right, "1"), (SubElement(condition, "responseElse"), "0")):
        value = SubElement(SubElement(branch, "setOutcomeValue", identifier="SCORE"), "baseValue", baseType="float")
        value.text = score
    SubElement(SubElement(processing, "setOutcomeValue", identifier="FEEDBACK"), "variable", identifier="RESPONSE")


def _block(text: str) -> Element:
    return ET.fromstring(f"<div>{xhtml(text)}</div>")


def _href(question: ExchangedQuestion) -> str:
    return f"items/{identifier(question.id)}.xml"


def _put(files: zipfile.ZipFile, name: str, root: Element) -> None:
    text = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    files.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
