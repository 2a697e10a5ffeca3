"""Texts filled in from the figures: how numbers print, which types stay, and where a wrong name stands."""

from typing import Any

import pytest

from tutor.content.figure import Figure, Figures, Past
from tutor.content.node import Node, parse
from tutor.content.quantity import Day, Quantity
from tutor.content.template import NOT_RECORDED, Scope, TemplateFault, Templates

URL = "https://docs.aws.amazon.com/x"
MEMORY = Figure(10240, "MB", "2026-11-20", URL, (Past(3008, "2020-12-01"), Past(1536)))
TIMEOUT = Figure(900, "s", "2026-11-20", URL, (Past(300),))
REQUEST = Figure(0.0000002, "USD per request", "2026-11-20", URL)
TEMPLATES = Templates(
    Figures("data/quotas.yaml", {"memory": MEMORY, "timeout": TIMEOUT}, ()),
    Figures("data/pricing.yaml", {"request": REQUEST}, ()),
)


def node(text: str) -> Node:
    """The text as a node of its own."""
    return Node("file.yaml", 1, 1, "key", text, text)


def render(text: str, scope: Scope | None = None) -> str:
    """The text filled in."""
    return TEMPLATES.render(node(text), scope or Scope())


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (10240, "MB", "10,240 MB"),
        (900, "s", "900 seconds"),
        (1, "s", "1 second"),
        (1, "ms", "1 ms"),
        (6291456, "bytes", "6 MB"),
        (4096, "bytes", "4 KB"),
        (6291556, "bytes", "6,291,556 bytes"),
        (1, "bytes", "1 byte"),
        (200, "1", "200"),
        (0.0000002, "USD per request", "$0.0000002 per request"),
        (0.2, "USD per million requests", "$0.20 per million requests"),
        (8, "USD", "$8"),
        (1, "retries", "1 retry"),
        (1, "batches", "1 batch"),
        (1, "concurrent executions", "1 concurrent executions"),
        (1000, "concurrent executions", "1,000 concurrent executions"),
        (20, "percent", "20 percent"),
    ],
)
def test_a_quantity_prints_with_separators_and_unit(value: float, unit: str, printed: str) -> None:
    """A learner reads a number as a person would write it, never in scientific notation."""
    assert str(Quantity(value, unit, Day("2026-11-20"), URL)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{{ quota.memory }}", "10,240 MB"),
        ("{{ quota.memory.value }} {{ quota.memory.number }} {{ quota.memory.unit }}", "10,240 10,240 MB"),
        ("`{{ quota.memory.value }}`", "`10240`"),
        ("{{ quota.memory.as_of }}, {{ quota.memory.source }}", f"20 November 2026, {URL}"),
        ("{{ old.memory }} until {{ old.memory.until }}", "3,008 MB until 1 December 2020"),
        ("{{ old.memory.until.iso }}", "2020-12-01"),
        ("{{ price.request }}", "$0.0000002 per request"),
        ("{{ quota.timeout.value * 2 }}", "1,800"),
        ('{{ literal("1,769", "one vCPU") }} {{ literal(2019, "the year") }}', "1,769 2019"),
        ("{% if quota.timeout.value > 1 %}more{% endif %}", "more"),
        ("line\n", "line\n"),
    ],
)
def test_figures_are_filled_in(text: str, printed: str) -> None:
    """Quotas, prices and former values print as documented in lessons/README.md."""
    assert render(text) == printed


def test_values_of_its_own_print_as_numbers_in_prose_and_bare_in_code() -> None:
    """A number in prose has thousands separators; in code it is what a computer reads."""
    scope = Scope(given={"rows": 1400, "items": 2, "fast": True, "nothing": None, "share": 0.5, "name": "x"})
    text = "{{ given.rows }} rows, `[{{ given.rows }}]`\n\n```\nrows = {{ given.rows }}\n```\n"
    assert render(text, scope) == "1,400 rows, `[1400]`\n\n```\nrows = 1400\n```\n"
    assert (
        render("{{ given.items }} {{ given.fast }} {{ given.nothing }} {{ given.share }}", scope) == "2 true null 0.5"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ given.rows }}", 1400),
        (" {{ given.rows * 2 }} ", 2800),
        ("{{ quota.memory }}", 10240),
        ("{{ quota.memory.value }}", 10240),
        ("{{ old.memory.until }}", "2020-12-01"),
        ("{{ given.rows }} rows", "1400 rows"),
        ("{{ given.rows }}{{ given.rows }}", "14001400"),
        ("plain", "plain"),
        ("{brace}", "{brace}"),
        ("{{ given.list }}", [1, 2]),
    ],
)
def test_a_value_that_is_one_expression_keeps_its_type(text: str, value: Any) -> None:
    """Events and changes get numbers where the author wrote one expression, and text else."""
    assert TEMPLATES.native(node(text), Scope(given={"rows": 1400, "list": [1, 2]})) == value


def test_what_was_read_is_recorded() -> None:
    """A proof's hash knows which figures it depends on, and their values."""
    scope = Scope(given={})
    TEMPLATES.native(node("{{ quota.memory }} {{ old.memory }} {{ price.request }}"), scope)
    assert scope.reads == {"quota.memory": 10240, "old.memory": 3008, "price.request": 0.0000002}


def test_without_a_proof_observed_values_say_so() -> None:
    """An explanation can be shown before the first run, whatever it names."""
    assert render("{{ observed.ms }}", Scope(observed={}, recorded=False)) == NOT_RECORDED
    assert render("{{ observed.ms }}", Scope(observed={"ms": 5}, recorded=False)) == "5"
    with pytest.raises(TemplateFault, match=r"observed no 'mss' .did you mean 'ms'"):
        render("{{ observed.mss }}", Scope(observed={"ms": 5}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ quota.memry }}", "data/quotas.yaml has no 'memry' (did you mean 'memory'?)"),
        ("{{ price.requst }}", "data/pricing.yaml has no 'requst' (did you mean 'request'?)"),
        ("{{ old.request }}", "no history"),
        ("{{ old.memry }}", "'memry' with a history"),
        ("{{ old.timeout.until }}", "do not say until when"),
        ("{{ quota }}", "say which: quota.<name>"),
        ("{{ quota[given.x] }}", "say which"),
        ("{{ nothing }}", "no name 'nothing'"),
        ("{{ given.x }}", "no name 'given'"),
        ("{{ quota.memory.valu }}", "knows no 'valu' (did you mean 'value'?)"),
        ("{{ literal }}", "literal needs"),
        ("{{ literal(3, quota.memory) }}", "literal needs"),
        ("{{ literal(3, ' ') }}", "literal needs"),
        ("{% for a in b %}{% endfor %}", "statement 'for' is not used"),
        ("{% set a = 900 %}{{ a }}", "statement 'assign' is not used"),
        ("{% include 'x' %}", "statement 'include' is not used"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ quota.memory | nofilter }}", "No filter named"),
        ("{{ quota.memory.value + 'x' }}", "this template fails"),
        ("{{", "this is no template"),
        ("{% if %}", "this is no template"),
        ("{{ range(3) }}", "no name 'range'"),
    ],
)
def test_a_wrong_template_is_told(text: str, message: str) -> None:
    """Whatever is wrong with a template is one sentence, with the nearest name where there is one."""
    with pytest.raises(TemplateFault) as caught:
        render(text)
    assert message in str(caught.value)


YAML = """\
a: |
  first line

  {{ quota.bad }} and 20
b: >-
  folded over
  more than {{ quota.bad }} one
  line 20
c: "quoted and
  folded {{ quota.bad }}

  20"
d: plain and
  folded {{ quota.bad }} 20
e: {x: '{{ quota.bad }} 20'}
"""


@pytest.mark.parametrize(
    ("key", "fault", "loose"), [("a", 4, 4), ("b", 7, 8), ("c", 10, 12), ("d", 14, 14), ("e", 15, 15)]
)
def test_the_line_is_the_line_in_the_file(key: str, fault: int, loose: int) -> None:
    """However a text is folded or quoted, its problems have the line that an author sees."""
    root, problems = parse(YAML, "file.yaml")
    assert root is not None
    assert problems == []
    child = root.value[key]
    text = next(child.texts())
    assert [problem.line for problem in TEMPLATES.faults(text, Scope())] == [fault]
    assert [problem.line for problem in TEMPLATES.loose(text)] == [loose]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{{ "900" }}', 1),
        ("{{ 900 }}", 1),
        ("{{ 30 * 30 }}", 2),
        ('{{ "up to " ~ "900" }}', 1),
        ('{{ "900" if quota.memory.value > 5 else "twelve" }}', 2),
        ('{{ "900" | upper }}', 1),
        ('{{ quota.memory.number ~ " of 5" }}', 1),
        ("{{ quota.timeout.value / 60 }}", 0),
        ("{{ quota.timeout.value | round(2) }}", 0),
        ('{{ literal(900, "the most of 900") }}', 0),
        ('{{ "S3" }} {{ "ten" }}', 0),
        ("{% if quota.timeout.value == 900 %}x{% endif %}", 0),
    ],
)
def test_a_number_inside_an_expression_is_no_way_round(text: str, found: int) -> None:
    """What would be printed as a number must be a figure, a value of its own, or literal()."""
    assert len(TEMPLATES.loose(node(text))) == found
