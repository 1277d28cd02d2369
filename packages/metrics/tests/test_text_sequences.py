"""Edit distances, common subsequences and n-grams, and the error rates made of them."""

from __future__ import annotations

import random

import pytest
from rapidfuzz.distance import LCSseq, Levenshtein

from ignite.metrics import NotComputableError
from ignite.metrics.functional.edit_distance import edit_distance, error_rate_compute
from ignite.metrics.nlp import CharacterErrorRate, WordErrorRate
from ignite.metrics.nlp.utils import lcs, modified_precision, ngrams

PAIRS = [
    ("", ""),
    ("", "abc"),
    ("abc", ""),
    ("a", "b"),
    ("kitten", "sitting"),
    ("aaaa", "aa"),
    ("abcabc", "cabcab"),
    ("e\u0301", "\u00e9"),  # one letter, as two code points and as one
    ("\U0001f600\U0001f601", "\U0001f601"),
    ("x" * 1000, "y" * 999),
    ("ab" * 5000, "ba" * 5000),
]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_distance_and_subsequence(a, b):
    for first, second in [(a, b), (b, a), (list(a), list(b))]:
        assert edit_distance(first, second) == Levenshtein.distance(first, second)
        assert lcs(first, second) == LCSseq.similarity(first, second)


@pytest.mark.parametrize("alphabet", ["a", "ab", "abcdefgh"])
@pytest.mark.parametrize("longest", [8, 70, 300])
def test_distance_and_subsequence_of_random_sequences(alphabet, longest):
    draw = random.Random(longest)
    for _ in range(100):
        a, b = (draw.choices(alphabet, k=draw.randint(0, longest)) for _ in range(2))
        assert edit_distance(a, b) == Levenshtein.distance(a, b)
        assert lcs(a, b) == LCSseq.similarity(a, b)


def test_tokens_are_whatever_is_hashable():
    a, b = [1, "1", (1,), None], [1, (1,), 1.0]
    assert edit_distance(a, b) == 2
    assert lcs(a, b) == 2


def test_ngrams():
    assert ngrams([1, 2, 3, 2, 3], 2) == {(1, 2): 1, (2, 3): 2, (3, 2): 1}
    assert ngrams("abab", 2) == {("a", "b"): 2, ("b", "a"): 1}
    assert ngrams([1], 2) == ngrams([], 1) == {}
    for n in (0, -1):
        with pytest.raises(ValueError, match="at least 1, got"):
            ngrams([1, 2], n)


def test_modified_precision():
    candidate = ["the"] * 7
    references = [
        ["the", "cat", "is", "on", "the", "mat"],
        ["there", "is", "a", "cat", "on", "the", "mat"],
    ]
    assert modified_precision(references, candidate, 1) == (2, 7)  # Papineni et al., example 2
    assert modified_precision(references[::-1], candidate, 1) == (2, 7)
    assert modified_precision(references, candidate, 2) == (0, 6)
    assert modified_precision(references, ["a"], 2) == (0, 0)
    assert modified_precision([], candidate, 1) == (0, 7)


@pytest.mark.parametrize(
    ("y_pred", "y", "expected"),
    [
        ("abc", "abd", 1 / 3),
        (["abc", "xyz"], ["abd", "xyzz"], 2 / 7),
        (("abc",), ("abcdef",), 0.5),
        ("abcdef", "abc", 1.0),
        ("", "abc", 1.0),
        ("e\u0301", "\u00e9", 2.0),
        (["abc", "d"], ["", "d"], 3.0),
        # Of references without any character:
        ("abc", "", 1.0),
        ("", "", 0.0),
    ],
)
def test_character_error_rate(y_pred, y, expected):
    metric = CharacterErrorRate()
    metric.update((y_pred, y))
    assert metric.compute() == expected


def test_words_are_what_whitespace_separates():
    metric = WordErrorRate()
    metric.update((" the cat\n sat\u3000down", "the\tcat sat down"))
    assert metric.compute() == 0.0
    metric.update(("The cat sat", "the cat"))
    assert metric.compute() == 2 / 6


def test_rates_are_of_all_texts_together():
    metric = CharacterErrorRate()
    metric.update((["a"], ["b"]))
    metric.update((["c" * 9], ["c" * 9]))
    assert metric.compute() == 0.1
    assert error_rate_compute(1, 10) == 0.1


def test_a_run_gives_one_text_or_lists_of_them():
    for output, expected in [(("ab", "ac"), 0.5), ((["ab", "abc"], ["ac", "abc"]), 0.2)]:
        metric = CharacterErrorRate()
        metric.take_in(output)
        metric.take_in({"y_pred": output[0], "y": output[1]})
        assert metric.compute() == expected


def test_no_text():
    metric = WordErrorRate()
    metric.update(([], []))
    with pytest.raises(NotComputableError, match="no example"):
        metric.compute()


@pytest.mark.parametrize("metric", [CharacterErrorRate(), WordErrorRate()])
@pytest.mark.parametrize(
    ("y_pred", "y", "error", "message"),
    [
        (["abc"], ["abd", "x"], ValueError, "y_pred has 1 texts and y 2"),
        ("abc", ["a", "b", "c"], ValueError, "y_pred has 1 texts and y 3"),
        ([["a", "b"]], [["a", "c"]], TypeError, "got a list with a list; join tokens"),
        (["a"], [None], TypeError, "y must be .* got a list with a NoneType"),
        (None, "a", TypeError, "y_pred must be a string or a list of strings, got NoneType"),
        (b"a", b"a", TypeError, "got bytes"),
    ],
)
def test_bad_texts_are_refused_and_change_nothing(metric, y_pred, y, error, message):
    metric.reset()
    metric.update(("ab", "cd"))
    with pytest.raises(error, match=message):
        metric.update((y_pred, y))
    assert metric.compute() == 1.0
