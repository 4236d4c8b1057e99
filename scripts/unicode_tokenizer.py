"""The tokeniser `unicode`, slow and plain, and the properties of characters that it needs."""

import re
import unicodedata

UNSPACED_SCRIPTS = (
    "CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC", "HANGZHOU NUMERAL", "VERTICAL KANA",
    "VERTICAL IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HENTAIGANA", "BOPOMOFO", "TANGUT", "NUSHU", "KHITAN", "YI SYLLABLE", "THAI", "LAO", "KHMER",
    "MYANMAR", "TAI LE", "NEW TAI LUE", "TAI THAM", "TAI VIET", "AHOM", "JAVANESE", "BALINESE",
)
ZWJ = "\u200d"
# Default_Ignorable_Code_Point, as far as assigned and no letters, and the tatweel, which only stretches Arabic words.
IGNORABLE = "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
IGNORABLE += "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef\u0640"
ignorable = re.compile(f"[{IGNORABLE}]")
TONES = "\U0001f3fb-\U0001f3ff"
FLAGS = "\U0001f1e6-\U0001f1ff"
REPLACED = {"ı": "i", "…": "...", **dict.fromkeys("’‘‛ʼ׳", "'"), **dict.fromkeys("“”„‟״", '"'), **dict.fromkeys("‐‑", "-")}


def is_mark(c):
    """Combining marks, and the vowel am of Thai and Lao, which is half a mark."""
    return unicodedata.category(c)[0] == "M" or c in "\u0e33\u0eb3"


def is_word(c):
    return re.fullmatch(r"\w", c) is not None


def is_unspaced(c):
    """Whether a character is a letter, rather than a digit or a mark, of a script that puts no blanks between words."""
    name = unicodedata.name(c, "")
    is_letter = is_word(c) and not is_mark(c) and unicodedata.category(c) != "Nd"
    return is_letter and name.startswith(UNSPACED_SCRIPTS)


def replaced(c):
    """What a character is taken for: presentation forms (U+FB00 to U+FFEF) for what they present."""
    if "\ufb00" <= c <= "\uffef" and " " not in (form := unicodedata.normalize("NFKC", c)):
        return form
    return "\ufffd" if "\ud800" <= c <= "\udfff" else REPLACED.get(c, c)


def changed(c):
    """Whether something else stands for a character that stands alone: nothing, or what is not merely its lower case."""
    settled = unicodedata.normalize("NFC", c)
    return settled != c or replaced(c) != c or ignorable.match(c) is not None or c == "\u0130"


def joins(c):
    """Whether a character may compose with, or go before, what stands before it."""
    first = unicodedata.normalize("NFD", replaced(c))[:1]
    is_later_jamo = "\u1161" <= first <= "\u1175" or "\u11a8" <= first <= "\u11c2"
    return is_later_jamo or unicodedata.combining(first) != 0 or first in COMPOSING


def composing():
    """The characters that come second in a composition."""
    pairs = (unicodedata.normalize("NFD", unicodedata.normalize("NFC", chr(code))) for code in range(0x110000))
    parts = (unicodedata.decomposition(chr(code)).split() for code in range(0x110000))
    return {chr(int(two[1], 16)) for two in parts if len(two) == 2 and not two[0].startswith("<")}


COMPOSING = composing()


def is_pictograph(c):
    """Whether a character is a symbol beyond ASCII, but no skin tone."""
    return c > "\x7f" and not (
        is_word(c) or is_mark(c) or c.isspace() or changed(c) or re.match(f"[{TONES}]", c)
    )


def joins_pictographs(text, i):
    """Whether the zero-width joiner at `i` stands between two pictographs, where it makes one emoji of them."""
    end = i
    while end > 0 and (is_mark(text[end - 1]) or re.match(f"[{IGNORABLE}{TONES}]", text[end - 1])):
        end -= 1
    return is_pictograph(text[end - 1 : end]) and is_pictograph(text[i + 1 : i + 2])


REPLACEMENTS = {code: replaced(chr(code)) for code in range(0x110000) if replaced(chr(code)) != chr(code)}
DROPPED = {code: "" for code in range(0x110000) if ignorable.match(chr(code)) and chr(code) != ZWJ}


def settled(text):
    """The text without what is not seen, in small letters, and composed."""
    text = re.sub(ZWJ, lambda m: ZWJ if joins_pictographs(text, m.start()) else "", text)
    decomposed = unicodedata.normalize("NFD", text.translate(DROPPED).translate(REPLACEMENTS))
    small = "Σ".join(part.lower() for part in decomposed.split("Σ"))
    undotted = re.sub("i([\u0316-\u0319\u031b-\u0333]*)\u0307", r"i\1", small)
    return unicodedata.normalize("NFC", undotted).lower()


def ranges_of(predicate):
    """The inside of a class of a regular expression."""
    codes = [code for code in range(0x110000) if predicate(chr(code))]
    starts = [code for i, code in enumerate(codes) if i == 0 or codes[i - 1] != code - 1]
    ends = [code for i, code in enumerate(codes) if i + 1 == len(codes) or codes[i + 1] != code + 1]
    return "".join(f"\\U{start:08x}-\\U{end:08x}" for start, end in zip(starts, ends))


MARK = ranges_of(is_mark)
UNSPACED = ranges_of(is_unspaced)
LETTER = f"(?:[^\\W_{UNSPACED}]|[{MARK}])"
TOKEN = re.compile(
    f"[{UNSPACED}][{MARK}]*"
    f"|{LETTER}+(?:'{LETTER}+)*"
    f"|\\.+[{MARK}]*"
    f"|(?:[{FLAGS}]{{2}}|[^\\w\\s])[{MARK}{TONES}]*(?:{ZWJ}[^\\w\\s][{MARK}{TONES}]*)*"
)


def unicode_tokens(text):
    """The words, letters of scripts without blanks, punctuation marks and emoji of a text."""
    tokens = TOKEN.findall(re.sub(r"<br\s*/?>", " ", settled(text)))
    return [token[0] + re.sub(f"[{TONES}]", "", token[1:]) for token in tokens]
