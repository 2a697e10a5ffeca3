"""Interleaving: neighbours differ in topic wherever that can be, and nothing is lost."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tutor.study.interleaving import interleaved, topic_of


@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_neighbours_differ_wherever_that_can_be(topics: list[str]) -> None:
    """Every question comes once; two of a topic stand together only where the others are used up."""
    questions = [f"{topic}/{number}" for number, topic in enumerate(topics)]
    mixed = interleaved(questions, topic_of)
    assert Counter(mixed) == Counter(questions)
    together = sum(topic_of(one) == topic_of(other) for one, other in pairwise(mixed))
    most = max(Counter(topics).values(), default=0)
    assert together == max(0, most - (len(topics) - most) - 1)


def test_within_a_topic_the_order_stays() -> None:
    """What is most urgent comes first in its topic."""
    assert interleaved(["a/1", "a/2", "b/1", "a/3"], topic_of) == ("a/1", "b/1", "a/2", "a/3")
