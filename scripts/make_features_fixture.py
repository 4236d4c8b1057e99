"""Writes test/fixtures/features.json: what scikit-learn's CountVectorizer finds in small texts, with weighted values.

usage: make_features_fixture.py     (a Python with scikit-learn; running it again gives the same file)
       make_features_fixture.py -   reads {"texts", "ngrams", "minimumCount"} (JSON) from stdin and writes what
                                    CountVectorizer finds to stdout
"""

import json
import random
import re
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

ROOT = Path(__file__).resolve().parent.parent
TOKEN = r"[^\W_]+(?:['\u2019][^\W_]+)*|\.{2,}|[^\w\s]"
PIECES = "a good bad film . ... ! not at all It's don't \u2018so\u2019 caf\u00e9 <br\u00a0/> <br /><br /> 10/10 - the the of".split(" ")


def without_tags(text):
    return re.sub(r"<br\s*/?>", " ", text.lower())


def count(texts, ngrams, minimum_count):
    vectorizer = CountVectorizer(
        ngram_range=(1, ngrams), min_df=minimum_count, token_pattern=TOKEN, preprocessor=without_tags
    )
    matrix = vectorizer.fit_transform(texts)
    return vectorizer.get_feature_names_out(), matrix


def as_rows(names, matrix):
    """Of each text its features with a number each."""
    matrix.sort_indices()
    rows = [matrix.getrow(row) for row in range(matrix.shape[0])]
    return [{names[j]: value for j, value in zip(row.indices.tolist(), row.data.tolist())} for row in rows]


def weighted(matrix, labels):
    """Naive Bayes log-count ratios of the binary matrix, its rows normalised, times 10."""
    binary = (matrix > 0).astype(np.float64)
    p = 1 + np.asarray(binary[labels == 1].sum(0)).ravel()
    q = 1 + np.asarray(binary[labels == 0].sum(0)).ravel()
    ratios = np.log(p / p.sum()) - np.log(q / q.sum())
    return normalize(binary.multiply(ratios).tocsr()) * 10


def fixture():
    rng = random.Random(5)
    texts = [" ".join(rng.choice(PIECES) for _ in range(rng.randrange(18))) for _ in range(40)]
    labels = np.array([rng.randrange(2) for _ in texts])
    names, matrix = count(texts, 3, 2)
    return {
        "madeBy": f"scripts/make_features_fixture.py, scikit-learn {sklearn.__version__}",
        "texts": texts,
        "labels": labels.tolist(),
        "ngrams": 3,
        "minimumCount": 2,
        "counts": as_rows(names, matrix),
        "weighted": as_rows(names, weighted(matrix, labels)),
    }


if sys.argv[1:] == ["-"]:
    given = json.load(sys.stdin)
    print(json.dumps(as_rows(*count(given["texts"], given["ngrams"], given["minimumCount"]))))
else:
    path = ROOT / "test/fixtures/features.json"
    path.write_text(json.dumps(fixture(), separators=(",", ":")) + "\n", encoding="ascii")
