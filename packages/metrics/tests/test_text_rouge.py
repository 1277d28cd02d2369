from __future__ import annotations

import pytest

from ignite.metrics import NotComputableError
from ignite.metrics.functional.rouge import (
    Overlap,
    rouge_compute,
    rouge_l_update,
    rouge_n_update,
)
from ignite.metrics.nlp import Rouge, RougeL, RougeN

FIRST = ["the", "cat", "is", "on", "the", "mat"]
SECOND = ["there", "is", "a", "cat", "on", "the", "mat"]
CANDIDATE = ["the", "cat", "sat", "on", "a", "mat", "today"]


def rouge(metric, candidates=(CANDIDATE,), references=((FIRST, SECOND),)):
    metric.update((candidates, references))
    return metric.compute()


@pytest.mark.parametrize(
    ("multiref", "alpha", "unigrams", "subsequences"),
    [  # observed of PyTorch-Ignite
        ("average", 0, (9 / 14, 9 / 13, 9 / 13), (7 / 14, 7 / 13, 7 / 13)),
        ("average", 0.5, (9 / 14, 9 / 13, 2 / 3), (7 / 14, 7 / 13, 14 / 27)),
        ("average", 1, (9 / 14, 9 / 13, 9 / 14), (7 / 14, 7 / 13, 7 / 14)),
        ("best", 0, (5 / 7, 5 / 7, 5 / 7), (4 / 7, 4 / 6, 4 / 6)),
        ("best", 0.5, (5 / 7, 5 / 7, 5 / 7), (4 / 7, 4 / 6, 8 / 13)),
        ("best", 1, (5 / 7, 5 / 7, 5 / 7), (4 / 7, 4 / 6, 4 / 7)),
    ],
)
def test_several_references(multiref, alpha, unigrams, subsequences):
    value = rouge(Rouge([1, "L"], multiref, alpha))
    expected = [*unigrams, *subsequences]
    assert list(value) == [f"Rouge-{variant}-{letter}" for variant in "1L" for letter in "PRF"]
    assert list(value.values()) == pytest.approx(expected, rel=1e-14)
    alone = {**rouge(RougeN(1, multiref, alpha)), **rouge(RougeL(multiref, alpha))}
    assert alone == value


@pytest.mark.parametrize("alpha", [0, 0.5, 1])
def test_the_best_reference_has_the_highest_recall_whatever_alpha(alpha):
    scores = rouge(RougeN(1, "best", alpha), ["abcd"], [["abxyzw", "a"]])
    assert scores["Rouge-1-P"] == 0.25
    assert scores["Rouge-1-R"] == 1.0
    tied = rouge(RougeN(1, "best", alpha), ["abcd"], [["a", "ab"]])
    assert tied["Rouge-1-P"] == 0.25


def test_variants():
    assert list(Rouge()._variants) == [1, 2, 4, "L"]
    assert list(rouge(RougeN())) == ["Rouge-4-P", "Rouge-4-R", "Rouge-4-F"]
    assert list(rouge(Rouge(["L", 2, "L"])))[::3] == ["Rouge-L-P", "Rouge-2-P"]


@pytest.mark.parametrize(
    ("candidate", "references"),
    [([], [FIRST]), (FIRST, [[]]), ([], [[]]), (["x"], [FIRST, []])],
)
@pytest.mark.parametrize("multiref", ["average", "best"])
def test_nothing_in_common(candidate, references, multiref):
    assert set(rouge(Rouge(None, multiref), [candidate], [references]).values()) == {0.0}


def test_an_empty_reference_adds_nothing_to_the_average():
    value = rouge(RougeN(1), [CANDIDATE], [[[], SECOND]])
    assert list(value.values()) == [5 / 14, 5 / 7, 5 / 7]


def test_functions():
    assert rouge_n_update("aab", ["aac", "b"], 2) == [Overlap(1, 2, 2), Overlap(0, 2, 0)]
    assert rouge_l_update("abcd", ["xbyd"]) == [Overlap(2, 4, 4)]
    assert rouge_compute([Overlap(1, 2, 4), Overlap(2, 2, 2)], "best", 0.5) == (1.0, 1.0, 1.0)


def test_a_run_gives_lists_of_tokens_and_gets_every_score():
    metric = RougeN(2)
    metric.take_in(([[1, 2, 3], [1]], [[[1, 2, 4]], [[1]]]))
    assert metric.compute() == {"Rouge-2-P": 0.25, "Rouge-2-R": 0.25, "Rouge-2-F": 0.25}


@pytest.mark.parametrize(
    ("metric", "arguments", "message"),
    [
        (Rouge, {"variants": ["l"]}, "'L' or an order of n-grams of at least 1, got 'l'"),
        (Rouge, {"variants": [0]}, "got 0"),
        (Rouge, {"variants": ["1"]}, "got '1'"),
        (RougeN, {"ngram": 0}, "got 0"),
        (RougeN, {"ngram": 1.5}, "ngram must be an integer of at least 1, got 1.5"),
        (RougeN, {"ngram": "L"}, "got 'L'"),
        (RougeL, {"multiref": "x"}, "Unknown multiref 'x'"),
        (RougeL, {"alpha": 2}, "alpha must hold 0 <= alpha <= 1, got 2"),
        (RougeL, {"alpha": float("nan")}, "got nan"),
    ],
)
def test_bad_arguments(metric, arguments, message):
    with pytest.raises(ValueError, match=message):
        metric(**arguments)


def test_a_bad_update_is_refused_and_changes_nothing():
    metric = Rouge()
    value = rouge(metric)
    for candidates, references in [([FIRST], [[]]), ([FIRST], [[FIRST], [SECOND]])]:
        with pytest.raises(ValueError, match="reference"):
            metric.update((candidates, references))
    assert metric.compute() == value


def test_no_candidate():
    metric = RougeL()
    metric.update(([], []))
    with pytest.raises(NotComputableError, match="no example"):
        metric.compute()
