from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import ndcg_score

from ignite.metrics import InvalidValuesError, MetricGroup, NotComputableError
from ignite.metrics.functional.ranking import (
    first_hits_update,
    mean_average_precision_at_update,
    ndcg_update,
    ranks_up_to,
    top_items,
)
from ignite.metrics.rec_sys import MAP, MRR, NDCG, HitRate

SCORES = torch.tensor([[4.0, 2, 3, 1], [1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4], [4, 1, 2, 3]])
RELEVANCE = torch.tensor([[0, 0, 1.0, 1], [0, 0, 0, 0], [3, 0, 0, 2], [0, 0, 0, 1]])
ALL = [HitRate, MRR, MAP, NDCG]


def value(metric, *batches):
    for batch in batches:
        metric.update(batch)
    return metric.compute()


# -- as PyTorch-Ignite 0.5.5 does, whose values these are ------------------------------


def test_hit_rate():
    assert value(HitRate(2), (SCORES, RELEVANCE)) == [1.0]
    assert value(HitRate(), (SCORES, RELEVANCE)) == [pytest.approx(1 / 3)]
    assert value(HitRate([3, 1]), (SCORES, RELEVANCE)) == [pytest.approx(1 / 3), 1.0]
    assert value(HitRate([3, 3]), (SCORES, RELEVANCE)) == [1.0, 1.0]
    assert value(HitRate([1, 2], False), (SCORES, RELEVANCE)) == [0.25, 0.75]


@pytest.mark.parametrize(
    ("threshold", "gain", "ignored", "counted"),
    [
        (
            1.0,
            "linear_rank",
            [0.2222222, 0.4956871, 0.4956871, 0.6847635],
            [0.1666667, 0.3717653, 0.3717653, 0.5135726],
        ),
        (
            1.0,
            "exp_rank",
            [0.1428571, 0.4517115, 0.4517115, 0.6527372],
            [0.1071428, 0.3387836, 0.3387836, 0.4895529],
        ),
        (
            2.0,
            "linear_rank",
            [0.6666667, 0.4692787, 0.4692787, 0.7724398],
            [0.1666667, 0.1173197, 0.1173197, 0.1931099],
        ),
        (
            2.0,
            "exp_rank",
            [0.4285714, 0.3373519, 0.3373519, 0.6763610],
            [0.1071428, 0.0843380, 0.0843380, 0.1690902],
        ),
        (
            0.0,
            "exp_rank",
            [0.1071428, 0.3387836, 0.3387836, 0.4895529],
            [0.1071428, 0.3387836, 0.3387836, 0.4895529],
        ),
    ],
)
def test_ndcg(threshold, gain, ignored, counted):
    for ignore, expected in ((True, ignored), (False, counted)):
        metric = NDCG([1, 2, 3, 4], ignore, threshold, gain)
        assert value(metric, (SCORES, RELEVANCE)) == pytest.approx(expected, abs=1e-6)


def test_more_than_there_are_means_all():
    assert value(NDCG([9]), (SCORES, RELEVANCE)) == pytest.approx(
        value(NDCG([4]), (SCORES, RELEVANCE))
    )
    assert value(HitRate([9]), (SCORES, RELEVANCE)) == [1.0]


def test_users_without_relevant_items():
    nothing = SCORES, torch.zeros_like(RELEVANCE)
    for metric in ALL:
        with pytest.raises(NotComputableError, match="no example"):
            value(metric([1, 2]), nothing)
        assert value(metric([1, 2], ignore_zero_hits=False), nothing) == [0, 0]


def test_batches_may_have_other_numbers_of_items():
    for metric in ALL:
        parts = value(metric([1, 3]), (SCORES, RELEVANCE), (SCORES[:, :2], RELEVANCE[:, :2]))
        filled = torch.cat([SCORES[:, :2], torch.full((4, 2), -torch.inf)], 1)
        zeros = torch.cat([RELEVANCE[:, :2], torch.zeros(4, 2)], 1)
        assert parts == pytest.approx(value(metric([1, 3]), (SCORES, RELEVANCE), (filled, zeros)))


# -- values by hand -----------------------------------------------------------------------


def test_reciprocal_rank():
    # Of the users that count the first relevant item is on the ranks 2, 1 and 2.
    assert value(MRR([1, 2]), (SCORES, RELEVANCE)) == pytest.approx([1 / 3, (0.5 + 1 + 0.5) / 3])
    assert value(MRR(), (SCORES, RELEVANCE)) == pytest.approx([2 / 3])


def test_average_precision():
    # Of the first user the relevant items are on the ranks 2 and 4, of the third on 1 and 4.
    first, third, fourth = (1 / 2 + 2 / 4) / 2, (1 + 2 / 4) / 2, 1 / 2
    assert value(MAP(), (SCORES, RELEVANCE)) == pytest.approx([(first + third + fourth) / 3])
    assert value(MAP([1]), (SCORES, RELEVANCE)) == pytest.approx([1 / 3])
    assert value(MAP([2]), (SCORES, RELEVANCE)) == pytest.approx([(0.25 + 0.5 + 0.5) / 3])


def test_the_best_and_the_worst_ranking():
    y = torch.tensor([[3, 2, 0, 0], [1, 0, 0, 0]])
    for metric in ALL:
        assert value(metric([1, 2, 4]), (y.float(), y)) == pytest.approx([1, 1, 1])
        assert value(metric([1, 2]), (-y.float(), y)) == [0, 0]


def test_equal_scores_are_ranked_by_index():
    scores = torch.ones(1, 300)
    for index in (0, 1, 17, 299):
        y = torch.nn.functional.one_hot(torch.tensor([index]), 300)
        assert value(MRR(300), (scores, y)) == pytest.approx([1 / (index + 1)])
        assert value(HitRate([index + 1]), (scores, y)) == [1]
        assert value(NDCG([300]), (scores, y)) == pytest.approx([1 / np.log2(index + 2)])


def test_ndcg_against_scikit_learn():
    rng = np.random.default_rng(0)
    scores, y = rng.normal(size=(50, 40)), rng.integers(1, 6, (50, 40))
    got = value(NDCG([5, 20]), (torch.tensor(scores), torch.tensor(y)))
    assert got == pytest.approx([ndcg_score(2.0**y - 1, scores, k=k) for k in (5, 20)])


@pytest.mark.parametrize("metric", ALL)
def test_nan_is_refused(metric):
    scores, y = SCORES.clone(), RELEVANCE.clone()
    scores[0, 2] = scores[0, 3] = y[1, 0] = torch.nan
    for batch, count in (((scores, RELEVANCE), 1), ((SCORES, y), 1), ((scores, y), 2)):
        of_all = metric([1, 2])
        of_all.update(batch)
        with pytest.raises(InvalidValuesError, match=f"{count} users have"):
            of_all.compute()


@pytest.mark.parametrize("metric", ALL)
def test_a_bad_update_changes_nothing(metric):
    of_all = metric([1, 2])
    before = value(of_all, (SCORES, RELEVANCE))
    for batch, error, message in (
        ((SCORES, RELEVANCE[:, :2]), ValueError, r"y_pred \(4, 4\) and y \(4, 2\)"),
        ((SCORES[0], RELEVANCE[0]), ValueError, r"\(users, items\)"),
        ((SCORES[:, :0], RELEVANCE[:, :0]), ValueError, "at least one item"),
        ((SCORES, RELEVANCE.tolist()), TypeError, "got Tensor and list"),
    ):
        with pytest.raises(error, match=message):
            of_all.update(batch)
        assert of_all.compute() == before


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("top_k", [0, -1, [], [0], [1.5], "a", None])
def test_bad_top_k(metric, top_k):
    with pytest.raises(ValueError, match="top_k is a positive integer or a list of them"):
        metric(top_k)


def test_bad_arguments_of_ndcg():
    with pytest.raises(ValueError, match="Unknown gain_function 'linear'"):
        NDCG([1], gain_function="linear")
    for threshold in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="at least 0"):
            NDCG([1], relevance_threshold=threshold)


def test_in_a_group_first_hits_are_counted_once():
    group = MetricGroup({"hits": HitRate([1, 3]), "ranks": MRR([3]), "others": MRR([2])})
    assert len(list(group.sources())) == 2
    results = value(group, (SCORES, RELEVANCE))
    assert results["hits"] == pytest.approx([1 / 3, 1])
    assert results["ranks"] == results["others"] == pytest.approx([2 / 3])


def test_functions_compile_whole():
    ranks = torch.arange(1, 4).double()
    discounts, inverses = (
        ranks_up_to(values, [1, 3]) for values in (1 / (ranks + 1).log2(), 1 / ranks)
    )

    def values(scores, y):
        items, highest = top_items(scores, 3)
        ranked = y.gather(1, items)
        both = torch.stack([ranked, y.topk(3, dim=1).values])
        counts = first_hits_update(torch.zeros(3, dtype=torch.int64), ranked > 0)
        sizes = torch.tensor([1.0, 3.0]).double()
        averages = mean_average_precision_at_update(ranked > 0, (y > 0).sum(1), inverses, sizes)
        return highest, counts, ndcg_update(both, discounts, True), averages

    compiled = torch.compile(values, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(SCORES, RELEVANCE), values(SCORES, RELEVANCE))
