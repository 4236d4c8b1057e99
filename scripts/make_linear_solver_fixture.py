"""Writes test/fixtures/linear_solver.json: the linear models that scikit-learn's LinearSVC fits on small random problems.

usage: make_linear_solver_fixture.py     (a Python with scikit-learn; running it again gives the same file)

Each case has the rows as lists of ids, their values, labels, scales of the features, how rows are normalised, the cost,
class weights, and for each class the weights times their scales and the bias, for unscaled values.
"""

import json
import random
from pathlib import Path

import numpy as np
import sklearn
from sklearn.svm import LinearSVC

ROOT = Path(__file__).resolve().parent.parent
FEATURES = 40
KINDS = [
    {"classes": 2, "normalize": "length", "cost": 1.0},
    {"classes": 3, "normalize": "norm", "cost": 0.25},
    {"classes": 4, "normalize": "none", "cost": 0.03, "valued": True},
    {"classes": 2, "normalize": "length", "cost": 3.0, "valued": True, "classWeights": [0.5, 4.0]},
    {"classes": 3, "normalize": "norm", "cost": 30.0, "classWeights": [1.0, 2.0, 0.25]},
]


def matrix_of(case):
    """The rows as the models see them, and the factor of each."""
    matrix = np.zeros((len(case["rows"]), FEATURES))
    for row, (ids, values) in enumerate(zip(case["rows"], case["values"])):
        matrix[row, ids] = values
    scales = np.array(case["scales"])
    scaled = matrix * scales
    measures = {
        "none": np.ones(len(matrix)),
        "norm": (scaled**2).sum(1),
        "length": ((matrix != 0) & (scales != 0)).sum(1),
    }[case["normalize"]]
    return scaled / np.sqrt(np.where(measures > 0, measures, 1))[:, None]


def fit(case, matrix, positive):
    labels = np.array(case["labels"])
    weights = case["classWeights"]
    weighed = None if weights is None else np.array(weights)[labels]
    svc = LinearSVC(
        C=case["cost"], loss="squared_hinge", dual=True, tol=1e-8, intercept_scaling=1, max_iter=10**7, random_state=1
    )
    svc.fit(matrix, labels == positive, sample_weight=weighed)
    return {"weights": (svc.coef_[0] * np.array(case["scales"])).tolist(), "bias": float(svc.intercept_[0])}


def make_case(kind, seed):
    draw = random.Random(seed)
    rows, values, labels = [], [], []
    for row in range(80):
        label = draw.randrange(kind["classes"])
        # Features lean towards a class; row 7 has none.
        chances = [0.35 if j % kind["classes"] == label else 0.2 for j in range(FEATURES)]
        ids = [] if row == 7 else [j for j in range(FEATURES) if draw.random() < chances[j]]
        rows.append(ids)
        values.append([float(draw.randint(1, 4)) if kind.get("valued") else 1.0 for _ in ids])
        labels.append(label)
    # Float32 holds them exactly; a tenth of the features is left out.
    scales = [0.0 if draw.random() < 0.1 else draw.randint(8, 64) / 32 for _ in range(FEATURES)]
    case = {"rows": rows, "values": values, "labels": labels, "scales": scales, "classWeights": None}
    case.update({key: value for key, value in kind.items() if key != "valued"})
    matrix = matrix_of(case)
    case["models"] = [fit(case, matrix, positive) for positive in range(kind["classes"])]
    return case


def main():
    cases = [make_case(kind, seed) for seed, kind in enumerate(KINDS)]
    document = {"madeBy": f"scripts/make_linear_solver_fixture.py, scikit-learn {sklearn.__version__}", "features": FEATURES, "cases": cases}
    path = ROOT / "test/fixtures/linear_solver.json"
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")


main()
