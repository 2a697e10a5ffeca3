"""Questions as GIFT, which Moodle reads: https://docs.moodle.org/en/GIFT_format. Texts stay Markdown, which it knows.

Moodle has no all-or-nothing in GIFT: of several right options each is worth its share, and a wrong one takes all.
Read are questions with options to choose from, and true or false; the others are refused by name.
"""

import re
from collections.abc import Iterator, Sequence

from tutor.content.exchange.draft import Draft, DraftOption, Found, NotAQuestion, NotReadable, Refused
from tutor.content.exchange.hypertext import plain
from tutor.study.exchanged_question import ExchangedOption, ExchangedQuestion

_SPECIAL = "\\~=#{}:"
_WHOLE = 100
_QUESTION = re.compile(r"^(?:::(?P<name>(?:\\.|(?!::).)*)::)?\s*(?:\[(?P<form>\w+)\])?(?P<rest>.*)\Z", re.DOTALL)
_PART = re.compile(r"(?P<sign>[=~])(?P<text>(?:\\.|[^\\=~])*)", re.DOTALL)
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d*)?)%")
_TRUTH = {"t": True, "true": True, "f": False, "false": False}


def write_gift(questions: Sequence[ExchangedQuestion]) -> bytes:
    """The questions by topic, each topic a category."""
    parts, topic = [], None
    for question in sorted(questions, key=lambda one: one.topic):
        if question.topic != topic:
            topic = question.topic
            parts.append(f"$CATEGORY: tutor/{topic}")
        parts.append(_question(question))
    return ("\n\n".join(parts) + "\n").encode()


def _question(question: ExchangedQuestion) -> str:
    head = f"::{_escaped(question.id)}::[markdown]{_escaped(question.stem)} {{"
    right = sum(option.right for option in question.options)
    return "\n".join([head, *(_option(option, right) for option in question.options), "}"])


def _option(option: ExchangedOption, right: int) -> str:
    if right == 1:
        sign = "=" if option.right else "~"
    else:
        sign = f"~%{_WHOLE / right:.5f}%" if option.right else f"~%-{_WHOLE}%"
    return f"{sign}{_escaped(option.text)}#{_escaped(option.why)}"


def _escaped(text: str) -> str:
    """With a backslash before what GIFT means something by; a new line as ``\\n``, for a blank one ends a question."""
    special = "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in text.strip())
    return special.replace("\n", "\\n")


# Reading


def read_gift(text: str) -> Iterator[Found | Refused]:
    """The questions in their order, by line. Raises ``NotReadable`` where there is nothing that looks like one."""
    blocks = list(_blocks(text))
    if not any("{" in block for _, block in blocks):
        raise NotReadable("nothing in it looks like a question: in GIFT its options stand in {braces}")
    for line, block in blocks:
        try:
            yield Found(f"line {line}", _draft(block))
        except NotAQuestion as error:
            yield Refused(f"line {line}", str(error), block)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """What stands between blank lines, without comments and categories, and the line where it begins."""
    block: list[str] = []
    began = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        bare = line.strip()
        if bare and not bare.startswith(("//", "$CATEGORY")):
            began = began if block else number
            block.append(line.rstrip("\r"))
        elif not bare and block:
            yield began, "\n".join(block)
            block = []


def _draft(block: str) -> Draft:
    named = _QUESTION.match(block.strip())
    if named is None:
        raise NotAQuestion("its name between :: and :: does not end")
    before, answers, after = _braces(named["rest"])
    form = named["form"] or "moodle"
    stem = _bare(f"{before} _____ {after}" if after.strip() else before, form)
    return Draft(stem=stem, options=_options(answers, form), id=_bare(named["name"] or "", "plain"))


def _braces(rest: str) -> tuple[str, str, str]:
    """What stands before the answers, the answers, and what stands after them."""
    places = [(found.start(), found[0]) for found in re.finditer(r"\\.|[{}]", rest, re.DOTALL) if found[0] in "{}"]
    if [sign for _, sign in places] != ["{", "}"]:
        raise NotAQuestion("it needs one { before its options and one } after them (\\{ and \\} are letters)")
    (opens, _), (closes, _) = places
    return rest[:opens], rest[opens + 1 : closes], rest[closes + 1 :]


def _options(answers: str, form: str) -> tuple[DraftOption, ...]:
    told = re.split(r"(?<!\\)####", answers)[0].strip()
    truth = _TRUTH.get(re.split(r"(?<!\\)#", told)[0].strip().casefold())
    if truth is not None:
        return DraftOption("True", "", truth, "true"), DraftOption("False", "", not truth, "false")
    parts = [(found["sign"], found["text"]) for found in _PART.finditer(told)]
    if told.startswith("#") or not parts:
        raise NotAQuestion("it asks for a number or a text, and the tutor asks for a choice between options")
    if any("->" in text for _, text in parts):
        raise NotAQuestion("it asks to match pairs, and the tutor asks for a choice between options")
    single = any(sign == "=" for sign, _ in parts)
    if single and not any(sign == "~" for sign, _ in parts):
        raise NotAQuestion("it has right answers only, to be typed; the tutor needs wrong ones (~) beside them")
    if sum(sign == "=" for sign, _ in parts) > 1:
        raise NotAQuestion("it has several = of which one is enough; give each its share: ~%50%")
    return tuple(_read_option(sign, text, form, single) for sign, text in parts)


def _read_option(sign: str, text: str, form: str, single: bool) -> DraftOption:
    weight = _WEIGHT.match(text)
    body = text[weight.end() :] if weight else text
    said, *feedback = re.split(r"(?<!\\)#", body, maxsplit=1)
    right = sign == "=" if single else weight is not None and float(weight[1]) > 0
    inner = re.match(r"\s*\[(html|moodle|plain|markdown)\]", said)
    own = inner[1] if inner else form
    return DraftOption(
        _bare(said[inner.end() :] if inner else said, own), _bare(feedback[0], own) if feedback else "", right
    )


def _bare(text: str, form: str) -> str:
    """The text without GIFT's backslashes; HTML as text, where it is not said to be Markdown or plain."""
    bare = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text, flags=re.DOTALL).strip()
    return bare if form in ("markdown", "plain") else plain(bare)
