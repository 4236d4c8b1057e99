"""Learns a task with scikit-learn as its users do; JSON on stdout.

usage: tasks.py TRAIN.csv TEST.csv

Features are tf-idf values of 1- and 2-grams, the model is LinearSVC, and C and class weight are chosen by 3-fold
cross-validation. The first column is the text, the second one the label.
"""

import csv
import json
import sys
from collections import Counter

from sklearn import __version__
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.svm import LinearSVC

# A class with so many times the texts of the smallest one makes accuracy say little of that.
MOST_IMBALANCE = 4


def read(path):
    csv.field_size_limit(1 << 30)
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [row[0] for row in rows], [row[1] for row in rows]


texts, labels = read(sys.argv[1])
test_texts, test_labels = read(sys.argv[2])
counts = Counter(labels).values()
metric = "accuracy" if max(counts) <= MOST_IMBALANCE * min(counts) else "f1_macro"
vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, token_pattern=r"(?u)\w+|[^\w\s]")
grid = {"C": [0.1, 0.3, 1, 3], "class_weight": [None, "balanced"]}
folds = StratifiedKFold(3, shuffle=True, random_state=0)
search = GridSearchCV(LinearSVC(max_iter=500), grid, scoring=metric, cv=folds)
search.fit(vectorizer.fit_transform(texts), labels)
predicted = search.predict(vectorizer.transform(test_texts))
print(
    json.dumps(
        {
            "metric": metric,
            "accuracy": accuracy_score(test_labels, predicted),
            "f1_macro": f1_score(test_labels, predicted, average="macro"),
            "version": __version__,
        }
    )
)
