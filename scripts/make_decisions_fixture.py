"""Writes test/fixtures/decisions.json: what scikit-learn makes of small scores of a classifier.

usage: make_decisions_fixture.py     (a Python with scikit-learn; running it again gives the same file)
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

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


def fixture():
    rng = np.random.default_rng(4)
    two = examples(rng, 60, [0.7, 0.3], 1.0)
    four = examples(rng, 80, [0.4, 0.3, 0.2, 0.1], 1.0)
    return {
        "madeBy": f"scripts/make_decisions_fixture.py, scikit-learn {sklearn.__version__}",
        "metrics": [metrics(labels, softmax(scores)) for labels, scores in (two, four)],
    }


path = ROOT / "test/fixtures/decisions.json"
path.write_text(json.dumps(fixture(), separators=(",", ":")) + "\n", encoding="ascii")
