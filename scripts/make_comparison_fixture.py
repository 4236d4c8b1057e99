"""Writes test/fixtures/comparison.json: what scipy and scikit-learn say of two models on the same examples.

usage: make_comparison_fixture.py     (a Python with scikit-learn; running it again gives the same file)
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

ROOT = Path(__file__).resolve().parent.parent

DRAWS = 2000
DISCORDANT = [(0, 0), (0, 1), (1, 0), (1, 7), (3, 3), (5, 12), (25, 41), (100, 100), (400, 320), (2151, 726)]


def mcnemar(only_first, only_second):
    """The exact conditional p-value, and the mid-p-value of Fagerland, Lydersen and Laake (2013)."""
    count, least = only_first + only_second, min(only_first, only_second)
    if count == 0:
        return {"counts": [only_first, only_second], "exactP": 1.0, "midP": 1.0}
    exact = stats.binomtest(least, count, 0.5).pvalue
    point = stats.binom.pmf(least, count, 0.5)
    mid = 1 - point / 2 if only_first == only_second else exact - point
    return {"counts": [only_first, only_second], "exactP": exact, "midP": mid}


def softmax(logits):
    values = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = values / values.sum(1, keepdims=True)
    if probabilities.shape[1] == 2:
        # Of two classes, equal probabilities of one are to be equal ones of the other.
        probabilities[:, 0] = 1 - probabilities[:, 1]
    return probabilities


def accuracy(labels, probabilities):
    return accuracy_score(labels, probabilities.argmax(1))


def macro_f1(labels, probabilities):
    return f1_score(labels, probabilities.argmax(1), average="macro")


def area(labels, probabilities):
    second = probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities
    return roc_auc_score(labels, second, multi_class="ovr", average="macro")


METRICS = {"accuracy": accuracy, "macro-f1": macro_f1, "log-loss": log_loss, "roc-auc": area}


def comparison(rng, rows, priors):
    """Two models that see the same noise in part, so that they err on the same examples more often than not."""
    classes = len(priors)
    labels = rng.choice(classes, rows, p=priors)
    shared = np.eye(classes)[labels] + 0.6 * rng.normal(size=(rows, classes))
    # Rounded, so that some are equal.
    scores = [np.round(shared + spread * rng.normal(size=(rows, classes)), 1) for spread in (0.6, 0.3)]
    a, b = (softmax(2 * each) for each in scores)
    metrics = {}
    for name, metric in METRICS.items():

        def difference(indices, metric=metric):
            return metric(labels[indices], b[indices]) - metric(labels[indices], a[indices])

        found = stats.bootstrap(
            (np.arange(rows),), difference, vectorized=False, n_resamples=DRAWS, method="percentile", rng=rng
        )
        metrics[name] = {
            "a": metric(labels, a),
            "b": metric(labels, b),
            "interval": [found.confidence_interval.low, found.confidence_interval.high],
            "standardError": found.standard_error,
        }
    return {
        "labels": labels.tolist(),
        "classes": classes,
        "a": a.ravel().tolist(),
        "b": b.ravel().tolist(),
        "metrics": metrics,
    }


def main():
    rng = np.random.default_rng(18)
    document = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "draws": DRAWS,
        "mcNemar": [mcnemar(*counts) for counts in DISCORDANT],
        "comparisons": [
            comparison(rng, 200, [0.6, 0.4]),
            comparison(rng, 240, [0.5, 0.3, 0.2]),
        ],
    }
    path = ROOT / "test" / "fixtures" / "comparison.json"
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
