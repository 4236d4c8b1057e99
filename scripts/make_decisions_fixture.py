"""Writes test/fixtures/decisions.json: what scikit-learn makes of small scores of a classifier.

usage: make_decisions_fixture.py     (a Python with scikit-learn; running it again gives the same file)
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from scipy.optimize import minimize_scalar
from sklearn.calibration import _sigmoid_calibration
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent


def examples(rng, rows, priors, spread):
    """Labels, and scores of each class that tell them apart up to noise, rounded so that some are equal."""
    classes = len(priors)
    labels = rng.choice(classes, rows, p=priors)
    scores = np.round(spread * np.eye(classes)[labels] + rng.normal(size=(rows, classes)), 2)
    return labels, scores


def softmax(logits):
    values = np.exp(logits - logits.max(1, keepdims=True))
    return values / values.sum(1, keepdims=True)


def metrics(labels, probabilities):
    predicted = probabilities.argmax(1)
    second = probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities
    return {
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "predicted": predicted.tolist(),
        "values": {
            "accuracy": accuracy_score(labels, predicted),
            "macro-f1": f1_score(labels, predicted, average="macro"),
            "log-loss": log_loss(labels, probabilities),
            "roc-auc": roc_auc_score(labels, second, multi_class="ovr", average="macro"),
        },
    }


def sigmoid(labels, scores):
    """Platt's sigmoid; scikit-learn's `_sigmoid_calibration` uses his targets, as `CalibratedClassifierCV` does."""
    a, b = _sigmoid_calibration(scores, labels)
    return {"labels": labels.tolist(), "scores": scores.tolist(), "scale": -a, "bias": -b}


def matrix(labels, scores):
    """The logits of a multinomial logistic regression on standardised scores, less the mean of each row."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1, tol=1e-10, max_iter=10000))
    logits = model.fit(scores, labels).decision_function(scores)
    return {
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "logits": (logits - logits.mean(1, keepdims=True)).tolist(),
    }


def temperature(labels, scores):
    """The factor of the scores with the least log loss."""
    found = minimize_scalar(
        lambda a: log_loss(labels, softmax(a * scores)), bounds=(0.01, 10), method="bounded", options={"xatol": 1e-10}
    )
    return {"labels": labels.tolist(), "scores": scores.tolist(), "factor": found.x}


def threshold(labels, scores):
    """The midpoint of neighbouring scores with the largest macro-F1, tried one by one."""
    values = np.unique(scores)
    middles = (values[1:] + values[:-1]) / 2
    f1 = [f1_score(labels, scores > middle, average="macro") for middle in middles]
    return {"threshold": middles[np.argmax(f1)], "macroF1": max(f1)}


def bootstrap(labels, one, other, draws):
    """Standard errors of macro-F1 and area, and of their differences, by drawing the examples of each class anew."""
    rng = np.random.default_rng(9)
    rows = [np.flatnonzero(labels == k) for k in np.unique(labels)]
    f1, area = [], []
    for _ in range(draws):
        i = np.concatenate([rng.choice(r, len(r)) for r in rows])
        f1.append([f1_score(labels[i], s[i] > 0, average="macro") for s in (one, other)])
        area.append([roc_auc_score(labels[i], s[i]) for s in (one, other)])

    def errors(values):
        return {"one": values[:, 0].std(), "difference": (values[:, 0] - values[:, 1]).std()}

    return {
        "labels": labels.tolist(),
        "one": one.tolist(),
        "other": other.tolist(),
        "macro-f1": errors(np.array(f1)),
        "roc-auc": errors(np.array(area)),
    }


def fixture():
    rng = np.random.default_rng(4)
    two = examples(rng, 60, [0.7, 0.3], 1.0)
    four = examples(rng, 80, [0.4, 0.3, 0.2, 0.1], 1.0)
    second = two[1][:, 1] - two[1][:, 0]
    labels, scores = examples(rng, 600, [0.8, 0.2], 1.0)
    one = scores[:, 1] - scores[:, 0]
    other = np.round(0.5 * one + rng.normal(size=600), 2)
    return {
        "madeBy": f"scripts/make_decisions_fixture.py, scikit-learn {sklearn.__version__}",
        "metrics": [metrics(labels, softmax(scores)) for labels, scores in (two, four)],
        "sigmoid": {**sigmoid(two[0], second), **threshold(two[0], second)},
        "matrix": matrix(*four),
        "temperature": temperature(*four),
        "bootstrap": bootstrap(labels, one, other, 2000),
    }


path = ROOT / "test/fixtures/decisions.json"
path.write_text(json.dumps(fixture(), separators=(",", ":")) + "\n", encoding="ascii")
