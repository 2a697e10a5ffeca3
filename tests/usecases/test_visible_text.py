"""What a handler says cannot steer the terminal that it is shown in."""

from hypothesis import given
from hypothesis import strategies as st

from tutor.usecases.visible_text import visible

ANY = st.text(st.characters(codec=None, exclude_categories=()))


def test_control_characters_become_pictures() -> None:
    """Escape, bell, backspace, carriage return and delete can be seen; C1 controls, bidi marks and half pairs are �."""
    assert visible("a\x1b[2J\x07\x08\r\x7f") == "a␛[2J␇␈␍␡"
    assert visible("\x9b2J \u202e \u2066 \ud800") == "�2J � � �"


def test_ordinary_text_stays() -> None:
    """Letters of all languages, tabs, line ends and signs are left alone."""
    text = "grüße, 世界 🎉\n\tREPORT  ✓\u00a0."
    assert visible(text) == text


@given(ANY)
def test_whatever_it_is_can_be_written_and_keeps_its_length(text: str) -> None:
    """Any text comes out as long as it was, encodable, without a control character, and stays so."""
    shown = visible(text)
    assert len(shown) == len(text)
    shown.encode()
    assert not any((ord(letter) < 0x20 and letter not in "\n\t") or 0x7F <= ord(letter) < 0xA0 for letter in shown)
    assert visible(shown) == shown
