"""Writes the tokenisers' Unicode tables and the fixtures of their tests from this Python's own behaviour.

The tokenisers are `words` (the notebook's), `words_and_punctuation` and `unicode_tokens`. For the first two nothing here
reads the Unicode database: every property is observed through `lower()`, `re` and `split()`, so the tables are what those
functions do. The third needs the categories, names and normal forms of `unicodedata` as well.

usage: make_unicode_tables.py     (Python 3.11: other versions know other Unicode versions)
"""

import hashlib
import json
import random
import re
import sys
import unicodedata
from pathlib import Path

from unicode_tokenizer import changed, is_mark, is_unspaced, joins, unicode_tokens

ROOT = Path(__file__).resolve().parent.parent
CODE_POINTS = range(0x110000)
BLOCK = 0x1000
FINAL_SIGMA, SIGMA = "ς", "Σ"


def words(text):
    return re.sub(r"[^\w\s]", "", text.lower()).split()


def words_and_punctuation(text):
    without_tags = re.sub(r"<br\s*/?>", " ", text.lower())
    return re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*|\.{2,}|[^\w\s]", without_tags)


def kept(code):
    """The code point that lower() and the filter leave of a character that stands alone, or 0 for none."""
    left = re.sub(r"[^\w]", "", chr(code).lower())
    assert len(left) <= 1, f"U+{code:04X} leaves {left!r}"
    return ord(left) if left else 0


def lowered(code):
    """The first code point of lower(): U+0130, which becomes an i and a dot above, is the only one with two."""
    left = chr(code).lower()
    assert len(left) == (2 if code == 0x130 else 1), f"U+{code:04X} becomes {left!r}"
    return ord(left[0])


def is_space(code):
    return ("a" + chr(code) + "b").split() == ["a", "b"]


def ends_word(text):
    return text.lower().endswith(FINAL_SIGMA)


def encoded(numbers):
    """One text of numbers: capitals are the leading digits (base 26), what follows them the last one (base 36)."""
    return "".join(map(encoded_number, numbers))


def encoded_number(number):
    number, last = divmod(number, 36)
    text = "0123456789abcdefghijklmnopqrstuvwxyz"[last]
    while number > 0:
        number, digit = divmod(number, 26)
        text = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + text
    return text


def ranges(codes):
    """gap, length, gap, length, ... of ascending code points, each gap counted from the end of the range before."""
    numbers, end = [], 0
    for code in codes:
        if numbers and code == end:
            numbers[-1] += 1
        else:
            numbers += [code - end, 1]
        end = code + 1
    return encoded(numbers)


def encoded_mappings(mapping):
    """gap, count, step, distance, ...: count code points, step apart, that move by distance (zigzag: -1 is 1, 1 is 2)."""
    stretches, end = [], 0
    for code, target in sorted(mapping.items()):
        distance = target - code
        if stretches:
            first, count, step, moved = stretches[-1]
            last = first + (count - 1) * step
            if moved == distance and (count == 1 and code - last <= 2 or count > 1 and code - last == step):
                stretches[-1] = (first, count + 1, code - last, moved)
                continue
        stretches.append((code, 1, 1, distance))
    numbers = []
    for first, count, step, distance in stretches:
        numbers += [first - end, count, step, 2 * distance if distance >= 0 else -2 * distance - 1]
        end = first
    return encoded(numbers)


def tables():
    left = {code: kept(code) for code in CODE_POINTS}
    final_alone = [code for code in CODE_POINTS if ends_word(chr(code) + SIGMA)]
    final_behind_letter = [code for code in CODE_POINTS if ends_word("A" + chr(code) + SIGMA)]
    ignorable = sorted(set(final_behind_letter) - set(final_alone))
    spaces = [code for code in CODE_POINTS if is_space(code)]
    assert all(to in (0, lowered(code)) for code, to in left.items()), "lower() must keep words and only words"
    assert not set(spaces) & (set(ignorable) | set(final_alone)), "white space must end a word for the final sigma"
    return {
        "wordRanges": ranges(code for code in CODE_POINTS if left[code]),
        "whiteSpaceRanges": ranges(spaces),
        "lowerCaseMappings": encoded_mappings({code: lowered(code) for code in CODE_POINTS if lowered(code) != code}),
        "casedRanges": ranges(final_alone),
        "caseIgnorableRanges": ranges(ignorable),
        "markRanges": ranges(code for code in CODE_POINTS if is_mark(chr(code))),
        "unspacedRanges": ranges(code for code in CODE_POINTS if is_unspaced(chr(code))),
        "changedRanges": ranges(code for code in CODE_POINTS if changed(chr(code))),
        "joiningRanges": ranges(code for code in CODE_POINTS if joins(chr(code))),
    }


def write_tables():
    comments = {
        "wordRanges": "Code points of which lower-casing and the filter leave a character.",
        "whiteSpaceRanges": "What `str.split()` splits on.",
        "lowerCaseMappings": "Those that lower() makes another character of (the capital sigma: not at a word's end).",
        "casedRanges": "Behind these a capital sigma may be final.",
        "caseIgnorableRanges": "These are skipped when the surroundings of a capital sigma are looked at.",
        "markRanges": "Combining marks.",
        "unspacedRanges": "Letters of scripts that put no blanks between words.",
        "changedRanges": "Those of which the tokeniser `unicode` makes others even where they stand alone.",
        "joiningRanges": "Those that may change what stands before them, or change places with it, in a normal form.",
    }
    lines = [
        f"// Written by scripts/make_unicode_tables.py from Python {sys.version.split()[0]}; do not edit.",
        "// Numbers: capitals (base 26) are the leading digits, one of 0-9a-z (base 36) the last one.",
        "// Ranges: gap length; mappings: gap count step distance (zigzag).",
        f"export const unicodeVersion = '{unicodedata.unidata_version}';",
    ]
    for name, text in tables().items():
        constant = f"export const {name} = '{text}';"
        fits = len(constant) <= 120
        lines += [f"/** {comments[name]} */", *([constant] if fits else [f"export const {name} =", f"  '{text}';"])]
    (ROOT / "src/text/tokens/unicode_tables.ts").write_text("\n".join(lines) + "\n", encoding="utf-8")


def block_text(start):
    """Every code point of a block, named and in each surrounding that matters, as one text."""
    forms = []
    for code in range(start, start + BLOCK):
        c = chr(code)
        forms.append(f"{code:x} {c} a{c}b A{c}Σ {c}Σ AΣ{c} AΣ{c}a {c}{c}")
    return " ".join(forms)


def random_text(rng):
    """Words from every corner; never a low surrogate behind a high one, which JavaScript would read as a pair."""
    corners = "ΣσςİıẞßÀéñÇŁøŉǅΩäЖжѣҐالعربية中文字ひらがカタカナ한국어ⅠⅫⅳ①½²٣९ªº_-'’`.:,;!?<br />\"()\u00ad\u0301\u0307\u0345\u200b\u200d\ufeff"
    spaces = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\u180e"
    text = ""
    for _ in range(rng.randrange(1, 60)):
        kind = rng.randrange(10)
        if kind < 3:
            c = chr(rng.randrange(32, 127))
        elif kind < 6:
            c = rng.choice(corners)
        elif kind < 8:
            c = rng.choice(spaces)
        elif kind < 9:
            c = chr(rng.randrange(0x10000))
        else:
            c = chr(rng.randrange(0x110000))
        if text and 0xD800 <= ord(text[-1]) <= 0xDBFF and 0xDC00 <= ord(c) <= 0xDFFF:
            continue
        text += c
    return text


def random_markup(rng):
    """A random text with line breaks, dots and apostrophes in it, whole and broken."""
    pieces = ["<br />", "<BR/>", "<br\u00a0\x1c/>", "<br\n>", "<b", "r />", "<", ">", "...", "..", ".", "'", "\u2019"]
    pieces += ["don't", "ROCK'N'ROLL", "l\u2019\u00c9t\u00e9", "snake_case", "\u0391\u03a3", "\u0130", "\u24b6", " "]
    return "".join(rng.choice(pieces) if rng.randrange(3) else random_text(rng)[:4] for _ in range(rng.randrange(1, 20)))


def random_world(rng):
    """A random text in which marks, jamo, invisible characters, other forms of letters and emoji meet."""
    corners = "eEiIıİjJсЙΣσςßﬁﬃ“”’‘ʼ…‐‑;´µКकनऱक़ड़ािकเาีุู้่ງ້ខ្မကျ好是不カｶﾊバﾞ゙ー々漢﨑ＡＢ！？０＇한한ᆨﾡￂابـَُِّٰلآۀﻻﷲ<>=+̸"
    corners += "\u0301\u0307\u0308\u0323\u0327\u0345\u0344\u20e3\ufe0f\u200d\u200c\u200b\u00ad\ufeff\u2060\u200f\u034f"
    corners += "❤👍🏽👩🚒🏳🌈♀🇩🇪🇫1#"
    pieces = ["<br />", "<br>", "...", " ", "\u3000", "_", "a'b", "\u0130", "don\u2019t", "الله", "हिन्दी", "น้ำ", "がぎ"]
    text = ""
    for _ in range(rng.randrange(1, 25)):
        kind = rng.randrange(8)
        piece = rng.choice(corners) if kind < 5 else rng.choice(pieces) if kind < 7 else random_text(rng)[:4]
        text += unicodedata.normalize(rng.choice(["NFC", "NFD"]), piece)
    return text


def write_fixture(name, tokenize, texts):
    blocks = []
    for start in range(0, len(CODE_POINTS), BLOCK):
        tokens = "\n".join(tokenize(block_text(start)))
        # As JavaScript encodes them; lone surrogates are tokens of one of the two.
        encoded = re.sub("[\ud800-\udfff]", "\ufffd", tokens).encode("utf-8")
        blocks.append(hashlib.sha256(encoded).hexdigest()[:16])
    fixture = {
        "madeBy": "scripts/make_unicode_tables.py",
        "unicodeVersion": unicodedata.unidata_version,
        "blockSize": BLOCK,
        "blocks": blocks,
        "texts": [[text, tokenize(text)] for text in texts],
    }
    path = ROOT / "test/fixtures" / name
    path.write_text(json.dumps(fixture, indent=0) + "\n", encoding="ascii")


def without_pairs(text):
    """Without low surrogates behind high ones, which JavaScript would read as pairs."""
    return re.sub("(?<=[\ud800-\udbff])[\udc00-\udfff]", "", text)


write_tables()
rng = random.Random(3)
write_fixture("tokenizer.json", words, [random_text(rng) for _ in range(300)])
rng = random.Random(4)
texts = [without_pairs(random_markup(rng)) for _ in range(400)]
write_fixture("punctuation_tokenizer.json", words_and_punctuation, texts)
rng = random.Random(5)
write_fixture("unicode_tokenizer.json", unicode_tokens, [without_pairs(random_world(rng)) for _ in range(600)])
