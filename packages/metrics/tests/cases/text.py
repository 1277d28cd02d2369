"""Text metrics and perplexity, against nltk, sacrebleu, rouge-score, jiwer and scipy."""

from __future__ import annotations

import warnings
from functools import partial

import jiwer
import numpy as np
import torch
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU
from scipy.special import logsumexp

from ignite.metrics.nlp import (
    Bleu,
    CharacterErrorRate,
    Perplexity,
    Rouge,
    RougeL,
    RougeN,
    WordErrorRate,
)
from ignite_contracts.metric import Bad, MetricCase

WORDS = ["the", "cat", "The", "sat", "e\u0301t\u00e9", "\U0001f600", "\u732b", "."]


def sentence(rng, least=0, most=9, words=WORDS):
    return [words[i] for i in rng.integers(0, len(words), rng.integers(least, most + 1))]


def changed(rng, tokens):
    kept = [token for token in tokens if rng.random() > 0.2]
    return kept + sentence(rng, 0, 2) if rng.random() < 0.5 else sentence(rng, 0, 2) + kept


def one_reference(rng, n, least=0):
    references = [sentence(rng, least) for _ in range(n)]
    candidates = [changed(rng, tokens) + sentence(rng, least, least) for tokens in references]
    return candidates, [[tokens] for tokens in references]


def references(rng, n, least=0):
    candidates, given = one_reference(rng, n, least)
    more = [[changed(rng, each[0]) for _ in range(rng.integers(0, 3))] for each in given]
    return candidates, [[*each, *others] for each, others in zip(given, more, strict=True)]


def repeated(rng, n):
    candidates = [["the"] * rng.integers(0, 8) for _ in range(n)]
    return candidates, [[["the"] * rng.integers(0, 8), sentence(rng)] for _ in range(n)]


def nothing_in_common(rng, n):
    return [["x", "y"][: rng.integers(0, 3)] for _ in range(n)], [[sentence(rng)] for _ in range(n)]


def equal(rng, n):
    candidates = [sentence(rng) for _ in range(n)]
    return candidates, [[[*tokens]] for tokens in candidates]


def ids(rng, n):
    candidates = [rng.integers(0, 5, rng.integers(0, 9)).tolist() for _ in range(n)]
    return candidates, [[rng.integers(0, 5, rng.integers(0, 9)).tolist()] for _ in range(n)]


def long(rng, n):
    candidates = [sentence(rng, 150, 200) for _ in range(n)]
    return candidates, [[changed(rng, tokens)] for tokens in candidates]


def enough(draw):
    return partial(draw, least=4)


SINGLE = {
    "one reference": one_reference,
    "nothing in common": nothing_in_common,
    "equal": equal,
    "ids": ids,
    "long": long,
}
SEVERAL = {**SINGLE, "references": references, "repeated": repeated}
LONG_ENOUGH = {"one reference": enough(one_reference), "references": enough(references)}


def words_of(data):
    """Return the tokens as words, which all oracles take."""
    candidates, given = data
    return (
        [[str(token) for token in tokens] for tokens in candidates],
        [[[str(token) for token in tokens] for tokens in each] for each in given],
    )


def mean_bleu(data, ngram, method):
    smoothing = getattr(SmoothingFunction(), method)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that without smoothing it is 0
        scores = [
            sentence_bleu(given, tokens, [1 / ngram] * ngram, smoothing_function=smoothing)
            for tokens, given in zip(*words_of(data), strict=True)
        ]
    return np.mean(scores)


def corpus_bleu(data, ngram, **smoothing):
    candidates, given = words_of(data)
    most = max(map(len, given))
    streams = [
        [" ".join(each[index]) if index < len(each) else None for each in given]
        for index in range(most)
    ]
    scorer = BLEU(tokenize="none", max_ngram_order=ngram, **smoothing)
    return scorer.corpus_score([" ".join(tokens) for tokens in candidates], streams).score / 100


class Whitespace:
    def tokenize(self, text):
        return text.split()


def overlaps(variant, tokens, given):
    """Return matches, and what they are shares of, from the precision and recall of rouge-score."""
    scorer = RougeScorer([f"rouge{variant}"], tokenizer=Whitespace())
    less = 0 if variant == "L" else variant - 1
    for reference in given:
        score = scorer.score(" ".join(reference), " ".join(tokens))[f"rouge{variant}"]
        sizes = max(0, len(tokens) - less), max(0, len(reference) - less)
        yield np.array([round(score.precision * sizes[0]), *sizes])


def mean_rouge(data, variants, multiref, alpha):
    found = {}
    for variant in variants:
        scores = []
        for tokens, given in zip(*words_of(data), strict=True):
            each = list(overlaps(variant, tokens, given))
            if multiref == "best":
                recalls = [matched / max(1, size) for matched, _, size in each]
                each = [each[int(np.argmax(recalls))]]
            matched, *sizes = np.sum(each, axis=0)
            p, r = (matched / max(1, size) for size in sizes)
            scores.append((p, r, 1 / (alpha / p + (1 - alpha) / r) if matched else 0.0))
        for letter, score in zip("PRF", np.mean(scores, axis=0), strict=True):
            found[f"Rouge-{variant}-{letter}"] = score
    return found


def harmonic_rouge(data, variant):
    scorer = RougeScorer([f"rouge{variant}"], tokenizer=Whitespace())
    scores = [
        scorer.score(" ".join(given[0]), " ".join(tokens))[f"rouge{variant}"]
        for tokens, given in zip(*words_of(data), strict=True)
    ]
    return dict(zip((f"Rouge-{variant}-{x}" for x in "PRF"), np.mean(scores, axis=0), strict=True))


def texts(rng, n):
    candidates, given = one_reference(rng, n)
    return [" ".join(tokens) for tokens in candidates], [" ".join(each[0]) for each in given]


def paragraphs(rng, n):
    candidates, given = long(rng, n)
    return [" ".join(tokens) for tokens in candidates], [" ".join(each[0]) for each in given]


def strings(rng, n):
    return ["".join(sentence(rng)) for _ in range(n)], ["".join(sentence(rng)) for _ in range(n)]


CHARACTERS = jiwer.Compose([jiwer.ReduceToListOfListOfChars()])


def character_error_rate(data):
    found = jiwer.process_characters(
        data[1], data[0], reference_transform=CHARACTERS, hypothesis_transform=CHARACTERS
    )
    return rate(found)


def word_error_rate(data):
    return rate(jiwer.process_words(data[1], data[0]))


def rate(found):
    edits = found.substitutions + found.insertions + found.deletions
    length = found.hits + found.substitutions + found.deletions
    return edits / length if length else float(edits > 0)


def tokens(rng, n):
    return torch.tensor(rng.normal(size=(n, 5))).float(), torch.tensor(rng.integers(0, 5, n))


def padded(rng, n):
    labels = rng.integers(0, 5, (n, 4))
    labels[:, 1:][rng.random((n, 3)) < 0.4] = -100
    return torch.tensor(rng.normal(size=(n, 5, 4))), torch.tensor(labels)


def language_model(rng, n):
    logits, labels = padded(rng, n)
    return logits.transpose(1, 2).contiguous().transpose(1, 2), labels.int()


def halves(rng, n):
    logits, labels = padded(rng, n)
    return (logits * 10).half(), labels


def impossible(rng, n):
    logits, labels = tokens(rng, n)
    logits[:, 0] = float("-inf")
    return logits, labels.clamp(1, 4)


def far_apart(rng, n):
    return torch.tensor(rng.normal(size=(n, 5)) * 1e3), torch.tensor(rng.integers(0, 5, n))


def perplexity(data, ignore_index=-100):
    logits, labels = np.moveaxis(data[0].astype(float), 1, -1).reshape(-1, 5), data[1].reshape(-1)
    kept = labels != ignore_index
    logits, labels = logits[kept], labels[kept]
    surprise = logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]
    with np.errstate(over="ignore"):
        return np.exp(surprise.mean())


LISTS = {
    "lengths": Bad(([["a"]], [[["a"]], [["b"]]]), ValueError),
    "no reference": Bad(([["a"]], [[]]), ValueError),
    "flat references": Bad(([["a", "b"]], [["a", "b"]]), TypeError),
    "tensors": Bad((torch.tensor([[1, 2]]), [[[1, 2]]]), TypeError),
}
TEXTS = {
    "lengths": Bad((["a"], ["a", "b"]), ValueError),
    "tokens": Bad(([["a"]], [["b"]]), TypeError),
    "numbers": Bad((1, 2), TypeError),
}
LOGITS = {
    "lengths": Bad((torch.zeros(3, 5), torch.zeros(2, dtype=torch.long)), ValueError),
    "vocabulary last": Bad((torch.zeros(2, 3, 5), torch.zeros(2, 3, dtype=torch.long)), ValueError),
    "probabilities": Bad((torch.zeros(3, 5), torch.zeros(3)), TypeError),
    "integers": Bad((torch.zeros(3, 5).long(), torch.zeros(3).long()), TypeError),
}


def bleu(name, draws, oracle, ngram, smooth, average):
    metric = partial(Bleu, ngram, smooth, average=average)
    return {f"bleu, {name}": MetricCase(metric, draws, oracle, looks_at_values=True, bad=LISTS)}


def rouge(name, metric, draws, oracle):
    return {f"rouge, {name}": MetricCase(metric, draws, oracle, looks_at_values=True, bad=LISTS)}


CASES = {
    **bleu(
        "macro", SEVERAL, partial(mean_bleu, ngram=4, method="method0"), 4, "no_smooth", "macro"
    ),
    **bleu(
        "words", SEVERAL, partial(mean_bleu, ngram=1, method="method0"), 1, "no_smooth", "macro"
    ),
    **bleu(
        "epsilon", SEVERAL, partial(mean_bleu, ngram=3, method="method1"), 3, "smooth1", "macro"
    ),
    **bleu(
        "one more, as nltk",
        SEVERAL,
        partial(mean_bleu, ngram=4, method="method2"),
        4,
        "nltk_smooth2",
        "macro",
    ),
    **bleu(
        "one more",
        LONG_ENOUGH,
        partial(mean_bleu, ngram=4, method="method2"),
        4,
        "smooth2",
        "macro",
    ),
    **bleu(
        "micro",
        SEVERAL,
        partial(corpus_bleu, ngram=2, smooth_method="none"),
        2,
        "no_smooth",
        "micro",
    ),
    **bleu(
        "micro, epsilon",
        LONG_ENOUGH,
        partial(corpus_bleu, ngram=4, smooth_method="floor", smooth_value=0.1),
        4,
        "smooth1",
        "micro",
    ),
    **bleu(
        "micro, one more",
        LONG_ENOUGH,
        partial(corpus_bleu, ngram=4, smooth_method="add-k", smooth_value=1),
        4,
        "smooth2",
        "micro",
    ),
    **rouge("L", partial(RougeL, alpha=0.5), SINGLE, partial(harmonic_rouge, variant="L")),
    **rouge("2", partial(RougeN, 2, alpha=0.5), SINGLE, partial(harmonic_rouge, variant=2)),
    **rouge(
        "average",
        Rouge,
        SEVERAL,
        partial(mean_rouge, variants=(1, 2, 4, "L"), multiref="average", alpha=0),
    ),
    **rouge(
        "best",
        partial(Rouge, ["L", 1], "best", 0.3),
        SEVERAL,
        partial(mean_rouge, variants=("L", 1), multiref="best", alpha=0.3),
    ),
    "character error rate": MetricCase(
        CharacterErrorRate,
        {"texts": texts, "strings": strings, "paragraphs": paragraphs},
        character_error_rate,
        looks_at_values=True,
        bad=TEXTS,
    ),
    "word error rate": MetricCase(
        WordErrorRate,
        {"texts": texts, "paragraphs": paragraphs},
        word_error_rate,
        looks_at_values=True,
        bad=TEXTS,
    ),
    "perplexity": MetricCase(
        Perplexity,
        {
            "tokens": tokens,
            "padded": padded,
            "language model": language_model,
            "halves": halves,
            "impossible": impossible,
            "far apart": far_apart,
        },
        perplexity,
        tolerance=1e-5,
        bad=LOGITS,
    ),
    "perplexity, a label ignored": MetricCase(
        partial(Perplexity, ignore_index=0),
        {"impossible": impossible},
        partial(perplexity, ignore_index=0),
        tolerance=1e-5,
    ),
}
