from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression

from aestudio.analysis.probes import (
    auroc,
    clustering_accuracy,
    linear_probe,
    logistic_regression,
    matched_accuracy,
)


def _blobs(seed: int, distance: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(4, size=400)
    corners = distance * np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    return corners[labels] + rng.standard_normal((400, 2)), labels


def test_classes_that_lie_apart_are_told_apart() -> None:
    assert linear_probe(*_blobs(0, 12.0), *_blobs(1, 12.0)) > 0.99
    assert clustering_accuracy(*_blobs(0, 12.0)) > 0.99


@pytest.mark.parametrize("num_classes", [2, 4])
def test_the_classifier_is_the_one_that_scikit_learn_finds(num_classes: int) -> None:
    x, labels = _blobs(0, 2.0)
    labels = labels % num_classes
    weights, offsets = logistic_regression(x, labels, lambda done, total: None)
    theirs = LogisticRegression(tol=1e-8, max_iter=2000).fit(x, labels)
    scores = x @ weights + offsets
    ours = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(ours, theirs.predict_proba(x), atol=2e-3)


def test_the_tightest_of_five_clusterings_is_judged() -> None:
    x, labels = _blobs(0, 2.5)
    theirs = KMeans(4, n_init=5, random_state=3).fit_predict(x)
    assert clustering_accuracy(x, labels, seed=3) == matched_accuracy(theirs, labels)


def test_a_probe_ends_as_soon_as_it_is_told_to() -> None:
    x, labels = _blobs(0, 1.0)
    seen: list[int] = []

    def stop_at_third(done: int, total: int) -> None:
        seen.append(done)
        if len(seen) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        linear_probe(x, labels, x, labels, progress=stop_at_third)
    assert seen == [0, 1, 2]
    seen.clear()
    with pytest.raises(InterruptedError):
        clustering_accuracy(x, labels, progress=stop_at_third)
    assert seen == [0, 1, 2]


def test_codes_that_know_nothing_are_guessed_from() -> None:
    assert linear_probe(*_blobs(0, 0.0), *_blobs(1, 0.0)) < 0.35
    assert clustering_accuracy(*_blobs(0, 0.0)) < 0.4


def test_the_scale_of_a_number_does_not_matter_to_the_probe() -> None:
    (train, labels), (test, truth) = _blobs(0, 4.0), _blobs(1, 4.0)
    scale = np.array([1e-4, 1e4])
    expected = linear_probe(train, labels, test, truth)
    assert linear_probe(train * scale, labels, test * scale, truth) == pytest.approx(expected)


def test_samples_without_a_label_take_no_part() -> None:
    (train, labels), (test, truth) = _blobs(0, 6.0), _blobs(1, 6.0)
    expected = linear_probe(train[:300], labels[:300], test[:300], truth[:300])
    labels[300:], truth[300:] = -1, -1
    assert linear_probe(train, labels, test, truth) == pytest.approx(expected)
    with pytest.raises(ValueError, match="two classes"):
        linear_probe(train, np.full(400, -1), test, truth)


def test_the_match_is_the_best_of_all_matches() -> None:
    rng = np.random.default_rng(0)
    clusters, classes = rng.integers(4, size=60), rng.integers(4, size=60)
    best = max(np.mean(np.array(names)[clusters] == classes) for names in permutations(range(4)))
    assert matched_accuracy(clusters, classes) == pytest.approx(best)


def test_auroc_counts_ordered_pairs() -> None:
    scores, is_odd = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    pairs = [(a, b) for a in scores[~is_odd] for b in scores[is_odd]]
    assert auroc(scores, is_odd) == pytest.approx(np.mean([a < b for a, b in pairs]))
