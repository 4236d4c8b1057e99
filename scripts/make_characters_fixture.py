"""Writes test/fixtures/characters.json: what scikit-learn's CountVectorizer(analyzer='char_wb') finds in small texts.

usage: make_characters_fixture.py     (a Python with scikit-learn; running it again gives the same file)
"""

import json
import random
from pathlib import Path

import sklearn
from sklearn.feature_extraction.text import CountVectorizer

ROOT = Path(__file__).resolve().parent.parent
# Words as the tokenizer gives them: apostrophes are inside, letters may be of more than one byte, or of two UTF-16 units.
WORDS = "a to of film filmed films banana don't caf\u00e9 na\u00efve \u4f60\u597d \u0441\u043b\u043e\u0432\u043e \U00010437\U00010438 1990s".split(" ")


def count(texts, least, most, minimum_count, binary):
    vectorizer = CountVectorizer(
        analyzer="char_wb", ngram_range=(least, most), min_df=minimum_count, binary=binary, lowercase=False
    )
    matrix = vectorizer.fit_transform(texts)
    names = [with_marks(name) for name in vectorizer.get_feature_names_out()]
    rows = [matrix.getrow(row) for row in range(matrix.shape[0])]
    return [dict(sorted((names[j], n) for j, n in zip(row.indices.tolist(), row.data.tolist()))) for row in rows]


def with_marks(name):
    """The blanks that stand for the start and the end of a word as `^` and `$`."""
    start = "^" if name.startswith(" ") else ""
    end = "$" if name.endswith(" ") else ""
    return f"~{start}{name.strip()}{end}"


def main():
    rng = random.Random(5)
    texts = [" ".join(rng.choice(WORDS) for _ in range(rng.randrange(9))) for _ in range(24)]
    cases = [
        {"characters": [least, most], "minimumCount": minimum, "counts": counts, "rows": count(texts, least, most, minimum, counts == "binary")}
        for least, most, minimum, counts in [(3, 5, 2, "binary"), (2, 4, 3, "counts"), (6, 7, 1, "counts")]
    ]
    document = {"madeBy": f"scripts/make_characters_fixture.py, scikit-learn {sklearn.__version__}", "texts": texts, "cases": cases}
    path = ROOT / "test" / "fixtures" / "characters.json"
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
