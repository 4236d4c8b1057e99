import { punctuationSpans } from './punctuation_tokenizer.js';
import { tokenizeStretch, type TokenSink } from './token_sink.js';
import { emptyKey } from './token_interner.js';

const skipped = 0;
const whiteSpace = 1;
const mark = 2;
const beyondAscii = 3;

/** What `punctuationSpans` makes of each byte: a lower-cased ASCII letter or digit, or one of the four above. */
const foldedBytes = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return beyondAscii;
  const character = String.fromCharCode(byte);
  const spans = punctuationSpans(character);
  if (spans.length === 0) return character.trim() === '' || (byte >= 0x1c && byte < 0x20) ? whiteSpace : skipped;
  return punctuationSpans(`a${character}`).length === 1 ? spans[0].token.charCodeAt(0) : mark;
});

const apostrophe = 0x27;
const fullStop = 0x2e;
const slash = 0x2f;
const lessThan = 0x3c;
const greaterThan = 0x3e;
const [b, r] = [0x62, 0x72];

/** Stands in place of where a token ends when bytes beyond ASCII decide that. */
const undecided = -1;

/**
 * Adds the words and marks of a text to `sink`; both tokenizers give the same of ASCII. A stretch that is not ASCII goes through a string. It begins and ends
 * where no token and no line break of HTML goes across and where the final sigma does not look further: at ASCII white
 * space or in front of a `<`.
 */
export function tokenizeWordsAndMarks(
  text: Uint8Array,
  tokenizer: 'words-and-punctuation' | 'unicode',
  sink: TokenSink,
): void {
  // A byte becomes three at most: one that is not UTF-8 is U+FFFD, and lower-casing adds less.
  const bytes = sink.interner.reserve(3 * text.length);
  let start = 0;
  let lengthAtStart = sink.length;
  for (let i = 0; i < text.length;) {
    const kind = kindAt(text, i);
    let end = i + 1;
    if (kind > beyondAscii) {
      end = pushWord(text, i, bytes, sink);
    } else if (kind === whiteSpace) {
      start = end;
      lengthAtStart = sink.length;
    } else if (kind === mark) {
      if (text[i] === lessThan) {
        start = i;
        lengthAtStart = sink.length;
      }
      end = pushMark(text, i, bytes, sink);
    }
    if (kind === beyondAscii || end === undecided) {
      sink.truncate(lengthAtStart);
      end = endOfStretch(text, start, i);
      tokenizeStretch(text.subarray(start, end), tokenizer, sink);
      start = end;
      lengthAtStart = sink.length;
    }
    i = end;
  }
}

function kindAt(text: Uint8Array, i: number): number {
  return i < text.length ? foldedBytes[text[i]] : whiteSpace;
}

/** Adds the word that starts at `start` and returns where it ends, or `undecided`. */
function pushWord(text: Uint8Array, start: number, bytes: Uint8Array, sink: TokenSink): number {
  const { interner } = sink;
  const { tail } = interner;
  let [high, low] = [0, emptyKey];
  for (let i = start; ; i += 1) {
    let folded = kindAt(text, i);
    if (folded <= beyondAscii) {
      const following = text[i] === apostrophe ? kindAt(text, i + 1) : folded;
      if (following === beyondAscii) return undecided;
      if (following < beyondAscii) {
        sink.push(interner.intern(i - start, high, low));
        return i;
      }
      folded = apostrophe;
    }
    bytes[tail + i - start] = folded;
    high = (high << 8) | (low >>> 24);
    low = (low << 8) | folded;
  }
}

/** Adds the mark at `start`, unless it begins a line break, and returns where what it begins ends, or `undecided`. */
function pushMark(text: Uint8Array, start: number, bytes: Uint8Array, sink: TokenSink): number {
  const byte = text[start];
  if (byte === lessThan) {
    const endOfTag = endOfLineBreak(text, start);
    if (endOfTag !== start) return endOfTag;
  }
  const { interner } = sink;
  const { tail } = interner;
  let end = start;
  let [high, low] = [0, emptyKey];
  do {
    bytes[tail + end - start] = byte;
    high = (high << 8) | (low >>> 24);
    low = (low << 8) | byte;
    end += 1;
  } while (byte === fullStop && text[end] === fullStop);
  sink.push(interner.intern(end - start, high, low));
  return end;
}

/** Where the `<br>`, `<br/>` or `<br />` that starts at `start` ends; `start` when there is none, or `undecided`. */
function endOfLineBreak(text: Uint8Array, start: number): number {
  if (kindAt(text, start + 1) !== b || kindAt(text, start + 2) !== r) return start;
  let end = start + 3;
  while (end < text.length && kindAt(text, end) === whiteSpace) end += 1;
  if (kindAt(text, end) === beyondAscii) return undecided;
  if (text[end] === slash) end += 1;
  return text[end] === greaterThan ? end + 1 : start;
}

/** Where the stretch from `start` that holds something beyond ASCII behind `from` ends. */
function endOfStretch(text: Uint8Array, start: number, from: number): number {
  // A line break may have white space inside.
  const endsAtWhiteSpace = text[start] !== lessThan;
  let end = from + 1;
  while (end < text.length && text[end] !== lessThan) {
    if (endsAtWhiteSpace && kindAt(text, end) === whiteSpace) break;
    end += 1;
  }
  return end;
}
