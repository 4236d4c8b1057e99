import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { byClass } from '../../portable/by_class.js';
import type { Explanation, TopWord, WordEffect } from '../../portable/explanation.js';
import type { Prediction } from '../../model/text_classifier.js';
import type { ExplanationAnswer } from '../documents/answers.js';
import type { LineStyle } from './line_style.js';
import { formatCount, formatShare, formatText, mostTabledClasses } from '../format.js';
import { formatTable } from './table.js';

/** The class that an explanation is told for, and the terminal that it is told to. */
interface ExplanationFormat {
  classes: readonly string[];
  /** Index of the class whose log-odds the effects are of. */
  target: number;
  style: LineStyle;
  /** Columns of the terminal. */
  width: number;
}

const shownWords = 20;
const longestWord = 30;
/** The lines of the text that are shown. */
const shownLines = 100;
/** Changes of the log-odds below this are not coloured: the word hardly matters. */
const faint = 0.05;
/** From here on a word is shown bold. */
const strong = 0.5;
// eslint-disable-next-line no-control-regex -- what a text does to a terminal is what is to be kept out
const controls = /[\u0000-\u001f\u007f-\u009f]+/g;

/** The prediction, the text with its words marked by their effects, and the words with the largest effects. */
export function describeExplanation(explanation: Explanation, text: string, format: ExplanationFormat): string[] {
  const { classes, target, style, width } = format;
  const { prediction, logOdds, words } = explanation;
  const name = formatText(classes[target] ?? '');
  const ranked = words
    .map(({ word, spans, effects }) => ({ word, times: spans.length, effect: effects[target] ?? NaN }))
    .sort((one, other) => Math.abs(other.effect) - Math.abs(one.effect));
  const lines = wrap(markWords(text, words, format), width);
  return [
    `Predicted: ${formatText(prediction.label)} (${formatShare(prediction.probability)}).`,
    ...describeDecision(prediction, classes),
    `Log-odds of ${name}: ${formatSigned(logOdds[target] ?? NaN)}; what each word adds to them:`,
    ...lines.slice(0, shownLines),
    ...(lines.length > shownLines ? [`  ... and ${lines.length - shownLines} more lines; --json has all words.`] : []),
    formatTable(
      ['word', 'times', `effect on ${name}`],
      ranked
        .slice(0, shownWords)
        .map(({ word, times, effect }) => [shorten(word), String(times), formatSigned(effect)]),
      style,
    ),
    ...(ranked.length > shownWords ? [`... and ${ranked.length - shownWords} more words.`] : []),
  ];
}

/** Says why the predicted class is not the most probable one, where it is not. */
function describeDecision({ label, probability, probabilities }: Prediction, classes: readonly string[]): string[] {
  const largest = Math.max(...Object.values(probabilities));
  if (!(largest > probability)) return [];
  const likeliest = formatText(classes.find((name) => probabilities[name] === largest) ?? '');
  return [
    `${likeliest} is more probable (${formatShare(largest)}), but ${formatText(label)} was decided by thresholds fitted ` +
      'for macro-F1; --decision argmax takes the most probable class.',
  ];
}

/** The words that speak most for each class, one table a class; of many classes for the one that is told of. */
export function describeTopWords(top: readonly (readonly TopWord[])[], format: ExplanationFormat): string[] {
  const { classes, target, style } = format;
  const isLarge = classes.length > mostTabledClasses;
  const tables = top.flatMap((words, k) => {
    if (isLarge && k !== target) return [];
    const rows = words.map(({ word, effect }) => [shorten(word), formatSigned(effect)]);
    return [formatTable([`speaks for ${classes[k] ?? ''}`, 'effect alone'], rows, style)];
  });
  return isLarge ? [...tables, `--label names another of the ${formatCount(classes.length)} classes.`] : tables;
}

export function explanationAnswer(
  { prediction, logOdds, words }: Explanation,
  classes: readonly string[],
): ExplanationAnswer {
  return {
    prediction,
    logOdds: byClass(classes, logOdds),
    words: words.map(({ word, spans, effects }) => ({
      word,
      spans: spans.map(({ start, end }) => [start, end]),
      effects: byClass(classes, effects),
    })),
  };
}

/** The words of the text in their order, coloured by their effects, or followed by them. */
function markWords(text: string, words: readonly WordEffect[], { target, style }: ExplanationFormat): string[] {
  const spans = words.flatMap(({ spans: all, effects }) =>
    all.map(({ start, end }) => ({ start, end, effect: effects[target] ?? 0 })),
  );
  spans.sort((one, other) => one.start - other.start);
  let marked = '';
  let end = 0;
  for (const span of spans) {
    const word = text.slice(span.start, span.end).replace(/\s+/g, '');
    marked += text.slice(end, span.start).replace(controls, ' ') + markWord(clean(word), span.effect, style);
    ({ end } = span);
  }
  marked += text.slice(end).replace(controls, ' ');
  return marked.split(/ +/).filter((piece) => piece !== '');
}

function markWord(word: string, effect: number, { colour }: LineStyle): string {
  if (Math.abs(effect) < faint) return word;
  if (!colour) return `${word}[${formatSigned(effect)}]`;
  const shade = effect > 0 ? 'green' : 'red';
  const formats = Math.abs(effect) < strong ? [shade] : [shade, 'bold'];
  return styleText(formats as Parameters<typeof styleText>[0], word, { validateStream: false });
}

/** Puts as many of the pieces into each line as there are columns for. */
function wrap(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let room = 0;
  for (const piece of pieces) {
    const columns = 1 + stringWidth(piece);
    const last = lines.at(-1);
    if (last !== undefined && columns <= room) lines[lines.length - 1] = `${last} ${piece}`;
    else {
      lines.push(`  ${piece}`);
      room = width - 1;
    }
    room -= columns;
  }
  return lines;
}

function clean(text: string): string {
  return text.replace(controls, '');
}

function shorten(word: string): string {
  const shown = clean(word);
  if (stringWidth(shown) <= longestWord) return shown;
  const characters = Array.from(shown).slice(0, longestWord);
  while (stringWidth(characters.join('')) > longestWord - 3) characters.pop();
  return `${characters.join('')}...`;
}

/** 1.2345 -> +1.23 */
function formatSigned(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
}
