"""What a simple method finds in codes: how good they are as features.

Shapes: N samples, L numbers of a code, M samples to judge on.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

Features = npt.NDArray[np.floating]
Labels = npt.NDArray[np.integer]

#: Beyond this many steps a linear classifier hardly changes what it says.
_MOST_STEPS = 200


def linear_probe(
    train_NL: Features, train_labels_N: Labels, test_ML: Features, test_labels_M: Labels
) -> float:
    """Return the share of test samples that a linear classifier of the codes gets right.

    Multinomial logistic regression with scikit-learn's usual L2 penalty on standardised numbers:
    the customary test of features, as in Alain & Bengio 2017, https://arxiv.org/abs/1610.01644.
    Samples without a label (-1) take no part.
    """
    train, labels = _labelled(train_NL, train_labels_N)
    test, truth = _labelled(test_ML, test_labels_M)
    if len(np.unique(labels)) < 2 or not len(truth):
        raise ValueError("a classifier needs samples of two classes, and some to judge on")
    scaler = StandardScaler().fit(train)
    classifier = LogisticRegression(max_iter=_MOST_STEPS)
    with warnings.catch_warnings():
        # Pixels need thousands of steps for the last digit of the loss, the accuracy does not.
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(scaler.transform(train), labels)
    return float(np.mean(classifier.predict(scaler.transform(test)) == truth))


def clustering_accuracy(codes_NL: Features, labels_N: Labels, *, seed: int = 0) -> float:
    """Return the accuracy of k-means clusters, one per class, matched to classes as well as can be.

    The best one-to-one match of clusters and classes (Xie et al. 2016, equation 9,
    https://arxiv.org/abs/1511.06335), found by the Hungarian method (Kuhn 1955,
    https://doi.org/10.1002/nav.3800020109). Samples without a label (-1) take no part.
    """
    codes, labels = _labelled(codes_NL, labels_N)
    _, classes = np.unique(labels, return_inverse=True)
    num_classes = int(classes.max()) + 1
    clusters = KMeans(num_classes, n_init=5, random_state=seed).fit_predict(codes)
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
