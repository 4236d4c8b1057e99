"""Counts the 1- to 3-grams of IMDb's training reviews with scikit-learn's CountVectorizer; JSON on stdout.

usage: ngrams.py ARCHIVE
"""

import hashlib
import json
import re
import sys
import tarfile
import time

from sklearn import __version__
from sklearn.feature_extraction.text import CountVectorizer

texts = []
with tarfile.open(sys.argv[1]) as archive:
    for member in archive:
        if re.fullmatch(r"[^/]+/train/(pos|neg)/[^/]+\.txt", member.name):
            texts.append(archive.extractfile(member).read().decode())

started = time.perf_counter()
vectorizer = CountVectorizer(
    ngram_range=(1, 3),
    min_df=3,
    binary=True,
    token_pattern=r"[^\W_]+(?:['\u2019][^\W_]+)*|\.{2,}|[^\w\s]",
    preprocessor=lambda text: re.sub(r"<br\s*/?>", " ", text.lower()),
)
matrix = vectorizer.fit_transform(texts)
seconds = time.perf_counter() - started
names = "\n".join(sorted(vectorizer.vocabulary_))
sha256 = hashlib.sha256(names.encode()).hexdigest()
print(json.dumps({"version": __version__, "seconds": seconds, "entries": int(matrix.nnz), "sha256": sha256}))
