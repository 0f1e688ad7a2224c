"""What a simple method finds in codes: how good they are as features.

Shapes: N samples, L numbers of a code, M samples to judge on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment, minimize
from scipy.special import logsumexp
from sklearn.cluster import KMeans
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

Features = npt.NDArray[np.floating]
Labels = npt.NDArray[np.integer]
#: Called with (steps done, steps in all).
Progress = Callable[[int, int], None]

#: Beyond this many steps a linear classifier hardly changes what it says.
_MOST_STEPS = 200
#: A step that gains less than this share of the loss is the last.
_SMALLEST_GAIN = 64 * float(np.finfo(np.float64).eps)
#: Clusterings that start elsewhere; the tightest counts.
_NUM_ATTEMPTS = 5


def linear_probe(
    train_NL: Features,
    train_labels_N: Labels,
    test_ML: Features,
    test_labels_M: Labels,
    *,
    progress: Progress | None = None,
) -> float:
    """Return the share of test samples that a linear classifier of the codes gets right.

    Multinomial logistic regression with the customary L2 penalty (C = 1) on standardised numbers:
    the customary test of features, as in Alain & Bengio 2017, https://arxiv.org/abs/1610.01644.
    Samples without a label (-1) take no part. ``progress`` is called at every step, and may raise
    to end it.
    """
    train, labels = _labelled(train_NL, train_labels_N)
    test, truth = _labelled(test_ML, test_labels_M)
    if len(np.unique(labels)) < 2 or not len(truth):
        raise ValueError("a classifier needs samples of two classes, and some to judge on")
    scaler = StandardScaler().fit(train)
    names, classes = np.unique(labels, return_inverse=True)
    weights, offsets = logistic_regression(
        scaler.transform(train), classes, progress or (lambda done, total: None)
    )
    scores = scaler.transform(test) @ weights + offsets
    return float(np.mean(names[scores.argmax(axis=1)] == truth))


def logistic_regression(
    x_NL: Features, classes_N: Labels, progress: Progress
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return weights (L, C) and offsets (C,) of a classifier for classes 0 to C - 1.

    Minimises the mean cross-entropy plus |weights|² / 2N by L-BFGS, as scikit-learn does, which
    cannot be ended from outside. Of two classes only the second has weights.
    """
    num_samples, num_features = x_NL.shape
    num_classes = int(classes_N.max()) + 1
    # The scores of the first of two classes stay 0, or the penalty would count half.
    first = 1 if num_classes == 2 else 0
    truth = np.zeros((num_samples, num_classes), x_NL.dtype)
    truth[np.arange(num_samples), classes_N] = 1
    num_steps = 0

    def parts(flat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        whole = np.zeros((num_features + 1, num_classes))
        whole[:, first:] = flat.reshape(num_features + 1, -1)
        return whole

    def loss_and_slope(
        flat: npt.NDArray[np.float64],
    ) -> tuple[float, npt.NDArray[np.float64]]:
        nonlocal num_steps
        progress(min(num_steps, _MOST_STEPS), _MOST_STEPS)
        num_steps += 1
        whole = parts(flat)
        scores = x_NL @ whole[:-1].astype(x_NL.dtype) + whole[-1].astype(x_NL.dtype)
        logs = scores - logsumexp(scores, axis=1, keepdims=True)
        error = (np.exp(logs) - truth) / num_samples
        loss = -float(np.sum(logs * truth, dtype=np.float64)) / num_samples
        loss += float(np.square(whole[:-1]).sum()) / (2 * num_samples)
        slope = np.empty_like(whole)
        slope[:-1] = x_NL.T @ error + whole[:-1] / num_samples
        slope[-1] = error.sum(axis=0, dtype=np.float64)
        return loss, slope[:, first:].ravel()

    found = minimize(
        loss_and_slope,
        np.zeros((num_features + 1) * (num_classes - first)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _MOST_STEPS, "maxls": 50, "gtol": 1e-4, "ftol": _SMALLEST_GAIN},
    )
    whole = parts(found.x)
    return whole[:-1], whole[-1]


def clustering_accuracy(
    codes_NL: Features, labels_N: Labels, *, seed: int = 0, progress: Progress | None = None
) -> float:
    """Return the accuracy of k-means clusters, one per class, matched to classes as well as can be.

    The best one-to-one match of clusters and classes (Xie et al. 2016, equation 9,
    https://arxiv.org/abs/1511.06335), found by the Hungarian method (Kuhn 1955,
    https://doi.org/10.1002/nav.3800020109). Samples without a label (-1) take no part. ``progress``
    is called before each of the attempts of k-means, and may raise to end it.
    """
    codes, labels = _labelled(codes_NL, labels_N)
    _, classes = np.unique(labels, return_inverse=True)
    num_classes = int(classes.max()) + 1
    chance = np.random.RandomState(seed)
    attempts = []
    for attempt in range(_NUM_ATTEMPTS):
        if progress is not None:
            progress(attempt, _NUM_ATTEMPTS)
        attempts.append(KMeans(num_classes, n_init=1, random_state=chance).fit(codes))
    clusters = min(attempts, key=lambda one: one.inertia_).labels_
    return matched_accuracy(clusters, classes)


def matched_accuracy(clusters_N: Labels, classes_N: Labels) -> float:
    """Return the share of samples whose cluster is matched to their class; numbers start at 0."""
    counts = np.zeros((int(clusters_N.max()) + 1, int(classes_N.max()) + 1), dtype=np.int64)
    np.add.at(counts, (clusters_N, classes_N), 1)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return float(counts[rows, columns].sum() / len(clusters_N))


def auroc(scores_N: npt.NDArray[np.floating], is_odd_N: npt.NDArray[np.bool_]) -> float:
    """Return the chance that an odd sample scores higher than a normal one, 0.5 for guessing."""
    return float(roc_auc_score(is_odd_N, scores_N))


def _labelled(features: Features, labels: Labels) -> tuple[Features, Labels]:
    has_label = labels >= 0
    return features[has_label], labels[has_label]
