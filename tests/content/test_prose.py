"""The number lint: which digits and words in a text are numbers, and where they stand."""

import pytest

from tutor.content.prose import BLANK, loose_numbers, prose


def numbers(text: str) -> list[str]:
    """The numbers found, in order."""
    return [token for _, token in loose_numbers(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It runs for 900 seconds.", ["900"]),
        ("(10,240) 3,008.5 S3,4", ["10,240", "3,008.5", "4"]),
        ("$0.20 and 3.5", ["0.20", "3.5"]),
        ("15%, 64-bit, 2nd, 3s and 6MB", ["15", "64-bit", "2nd", "3s", "6MB"]),
        ("a sub-15-minute run, up-to-15", ["sub-15-minute", "up-to-15"]),
        ("between 1 and 3", ["1", "3"]),
        ("½ of it", ["½"]),
        ("_900_ and **901** and __902__", ["900", "901", "902"]),
        ("status:200 key=3 1/2", ["200", "3", "1", "2"]),
        ("{{ quota.x }}0 and v{{ quota.x }}.5", ["0", "5"]),
        ("eleven Twelve NINETEEN twenty-five", ["eleven", "Twelve", "NINETEEN", "twenty"]),
        ("a hundred thousand million", ["hundred", "thousand", "million"]),
        ("the fortieth, a hundredth, a dozen", ["fortieth", "hundredth", "dozen"]),
        ("on line\nnine and\n10 more", ["10"]),
        ("`code` 5 `more`", ["5"]),
        ("a [link 7](https://aws.amazon.com/2024/)", ["7"]),
        ("1 first, not a list", ["1"]),
        ("a paragraph that ends in\n9. Then more", ["9"]),
        ("1. one\n99. not a marker", ["99"]),
    ],
)  # fmt: skip
def test_a_number_in_prose_is_found(text: str, found: list[str]) -> None:
    """Digits and number words above ten are numbers wherever they stand in prose."""
    assert numbers(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "S3, EC2, x86_64, python3.13, SHA-256, DVA-C03, ISO-8601, us-east-1, eu-central-1a, AL2023, arm64, UTF-8, H2O.",
        "one, two and ten; the third and tenth; once and twice; someone, often, weight, eighth",
        "`900` and ``a ` 5`` and `two\nlines 7`",
        "```python\nx = 900\n```\n\n~~~\n5\n~~~",
        "- item\n\n  ```\n  900\n  ```\n",
        "```\nnever closed 900",
        "{{ quota.timeout_max }} {# 900 #} {{ literal(900, 'the most') }} {{ '}} 900' }}",
        "[a](https://x.org/2024/1) <https://x.org/5> https://x.org/7?a=9 and\n[b]: https://x.org/3",
        "1. one\n2. two\n\n   more of two\n3. three\n10. ten",
        "hundreds of thousands of them",
        'S3\'s, (EC2), "python3.13", S3. Next',
    ],
)
def test_names_code_and_addresses_are_no_numbers(text: str) -> None:
    """What is a name, code, an address, a template expression, or a small number as a word, is left alone."""
    assert numbers(text) == []


def test_raw_text_is_prose_too() -> None:
    """A raw block prints what it holds, so its numbers count."""
    assert numbers("{% raw %}{{ 5 }} and 900{% endraw %}") == ["5", "900"]


@pytest.mark.parametrize("text", ["a {{ b }} `c` 5\n```\nd\n```\n[e](https://f.g)", "", "```", "{{", "\n\n1. x\n"])
def test_prose_keeps_every_place(text: str) -> None:
    """Blanking changes no length and no line, so that every offset stays true."""
    blanked = prose(text)
    assert len(blanked) == len(text)
    assert all(new in (old, BLANK) for old, new in zip(text, blanked, strict=True))
