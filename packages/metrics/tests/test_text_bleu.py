from __future__ import annotations

import math

import pytest
import torch
from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu

from ignite.metrics import MetricGroup, NotComputableError
from ignite.metrics.functional.bleu import BleuCounts, bleu_compute, bleu_update
from ignite.metrics.nlp import Bleu

THE = ["the"] * 7
FIRST = ["the", "cat", "is", "on", "the", "mat"]
SECOND = ["there", "is", "a", "cat", "on", "the", "mat"]
CANDIDATE = ["the", "cat", "sat", "on", "a", "mat", "today"]
SHORT = ["the", "cat"]


def bleu(candidates, references, *args, **kwargs):
    metric = Bleu(*args, **kwargs)
    metric.update((candidates, references))
    return float(metric.compute())


@pytest.mark.parametrize("average", ["macro", "micro"])
@pytest.mark.parametrize(
    ("ngram", "smooth", "expected"),
    [  # observed of PyTorch-Ignite
        (1, "no_smooth", 0.7142857142857142),
        (2, "no_smooth", 0.3450327796711771),
        (4, "no_smooth", 0.0),
        (8, "no_smooth", 0.0),
        (4, "smooth1", 0.08783602619713961),
        (8, "smooth1", 0.0749147670643494),
        (4, "nltk_smooth2", 0.287190894500909),
        (8, "nltk_smooth2", 0.3303164318013807),
        (4, "smooth2", 0.287190894500909),
        (8, "smooth2", 0.36021262310580193),
    ],
)
def test_of_one_candidate_both_averages_are_its_score(average, ngram, smooth, expected):
    value = bleu([CANDIDATE], [[FIRST, SECOND]], ngram, smooth, average=average)
    assert value == pytest.approx(expected, rel=1e-14)
    assert isinstance(value, float)


@pytest.mark.parametrize("average", ["macro", "micro"])
@pytest.mark.parametrize(
    ("smooth", "expected"),
    [
        ("no_smooth", 0.0),
        ("smooth1", 0.316227766016838),
        ("nltk_smooth2", 0.7071067811865476),
        ("smooth2", 1.0),
    ],
)
def test_a_right_candidate_with_fewer_tokens_than_the_order(average, smooth, expected):
    value = bleu([SHORT], [[SHORT]], 4, smooth, average=average)
    assert value == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("smooth", ["no_smooth", "smooth1", "nltk_smooth2", "smooth2"])
@pytest.mark.parametrize("average", ["macro", "micro"])
@pytest.mark.parametrize(
    ("candidate", "references"),
    [([], [FIRST]), (FIRST, [[]]), ([], [[]]), (["x", "y"], [FIRST])],
)
def test_without_a_common_token_it_is_zero(smooth, average, candidate, references):
    assert bleu([candidate], [references], 2, smooth, average=average) == 0.0


@pytest.mark.parametrize("smooth", ["no_smooth", "smooth1", "nltk_smooth2", "smooth2"])
def test_a_short_candidate_adds_no_ngrams_to_the_corpus(smooth):
    # All that is there matches; the candidates have 2 + 6 tokens, the references 6 + 6.
    value = bleu([SHORT, FIRST], [[FIRST, SECOND], [FIRST]], 4, smooth, average="micro")
    assert value == pytest.approx(math.exp(1 - 12 / 8))


def test_of_two_references_as_near_the_shorter_one_counts():
    for references in (["abcde", "abc"], ["abc", "abcde"]):
        assert bleu(["abcd"], [references], 1) == 1.0
    assert bleu_update("abcd", ["abcde", "abc"], 1) == BleuCounts((4,), (4,), 4, 3)


def test_a_corpus_as_nltk_has_it():
    references = [[FIRST, SECOND], [FIRST, SECOND]]
    expected = corpus_bleu(
        references,
        [CANDIDATE, THE],
        [1 / 3] * 3,
        smoothing_function=SmoothingFunction().method1,
    )
    value = bleu([CANDIDATE, THE], references, 3, "smooth1", average="micro")
    assert value == pytest.approx(expected, rel=1e-14)


def test_functions_add_up_to_the_metric():
    counts = [bleu_update(each, [FIRST, SECOND], 2) for each in (CANDIDATE, THE)]
    scores = [bleu_compute(each, "smooth2") for each in counts]
    value = bleu([CANDIDATE, THE], [[FIRST, SECOND]] * 2, 2, "smooth2")
    assert value == pytest.approx(sum(scores) / 2)
    with pytest.raises(ValueError, match="Unknown smooth 'smooth3'"):
        bleu_compute(counts[0], "smooth3")


def test_a_run_gives_lists_of_tokens():
    for tokens, reference in [(CANDIDATE, FIRST), ([1, 2, 3], [1, 2, 4])]:
        metric = Bleu(2)
        metric.take_in(([tokens], [[reference]]))
        metric.take_in({"y_pred": [tokens], "y": [[reference]]})
        assert metric.compute() == bleu([tokens], [[reference]], 2)


def test_corpus_counts_are_shared_between_smoothings():
    group = MetricGroup(
        {smooth: Bleu(4, smooth, average="micro") for smooth in ("no_smooth", "smooth1")}
    )
    group.update(([CANDIDATE], [[FIRST, SECOND]]))
    assert len(list(group.sources())) == 1
    assert group.compute() == {"no_smooth": 0.0, "smooth1": pytest.approx(0.08783602619713961)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ngram": 0}, "ngram must be an integer of at least 1, got 0"),
        ({"ngram": 1.5}, "got 1.5"),
        ({"smooth": "x"}, "Unknown smooth 'x'; use one of no_smooth, smooth1"),
        ({"average": "x"}, "Unknown average 'x'"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Bleu(**arguments)


@pytest.mark.parametrize("average", ["macro", "micro"])
@pytest.mark.parametrize(
    ("candidates", "references", "error", "message"),
    [
        ([FIRST], [[FIRST], [SECOND]], ValueError, "got 1 candidates and 2 lists"),
        (FIRST, [[FIRST]], ValueError, "got 6 candidates and 1 lists"),
        ([FIRST, SECOND], [[FIRST], []], ValueError, "Candidate 1 has no reference"),
        ([FIRST], [FIRST], TypeError, r"Candidate 0 .* got \['the', .* and 'the'; split"),
        (["the cat"], [[FIRST]], TypeError, "Candidate 0 .* got 'the cat' and"),
        (torch.tensor([[1, 2]]), [[[1, 2]]], TypeError, "got Tensor; convert .* .tolist()"),
        ([[torch.tensor(1)]], [[[1]]], TypeError, "hashable tokens, .* got Tensor"),
        ([[FIRST]], [[[FIRST]]], TypeError, "hashable tokens, .* got list"),
        ([1, 2], [[1], [2]], TypeError, "Expected a list of tokens, got int"),
    ],
)
def test_a_bad_update_is_refused_and_changes_nothing(
    average, candidates, references, error, message
):
    metric = Bleu(2, average=average)
    metric.update(([FIRST], [[FIRST]]))
    with pytest.raises(error, match=message):
        metric.update((candidates, references))
    assert metric.compute() == 1.0


def test_no_candidate():
    metric = Bleu(average="micro")
    metric.update(([], []))
    with pytest.raises(NotComputableError, match="no example"):
        metric.compute()
