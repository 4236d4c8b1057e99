import { isUtf8 } from 'node:buffer';
import { Int32List } from '../../text/int32_list.js';
import {
  type CollectedReviews,
  type CollectedSplit,
  type Columns,
  type SourceNotes,
  type SplitName,
} from '../collected_reviews.js';
import { LabelNames } from './label_names.js';
import type { CollectedTexts } from '../collected_texts.js';
import { fileOrigins, originName, rowOrigins, type TableFile } from '../origins.js';
import { maximumReviewBytes } from '../collected_reviews.js';
import { AccountKeeper, type BadRows } from '../read_account.js';

interface SplitRows {
  /** Null for reviews that have files of their own. */
  readonly table: TableFile | null;
  readonly rows: Int32List;
  readonly labels: Int32List;
  readonly numbers: Int32List;
  readonly paths: string[];
}

/**
 * Takes reviews one by one in the order of their source, with whatever labels they have, and leaves out what is no
 * review. Hands their texts on and keeps the rest.
 */
export class TableCollector implements CollectedReviews {
  readonly #labels: LabelNames;
  readonly #parts = new Map<SplitName, SplitRows>();
  readonly #account = new AccountKeeper();
  #guess: Columns | null = null;
  #classes: ReturnType<LabelNames['classes']> | null = null;

  /**
   * @param givenLabels the classes in their order; null: every label of the training reviews
   * @param texts takes the texts of the reviews
   */
  constructor(
    readonly location: string,
    readonly givenLabels: readonly string[] | null,
    readonly texts: CollectedTexts,
  ) {
    this.#labels = new LabelNames(location, givenLabels);
  }

  /** Begins a split, the training reviews first: a label that these do not have is unknown in the others. */
  begin(split: SplitName, table: TableFile | null): SplitCollector {
    if (split !== 'train') this.#labels.complete();
    const part = {
      table,
      rows: new Int32List(),
      labels: new Int32List(),
      numbers: new Int32List(),
      paths: [],
    };
    this.#parts.set(split, part);
    return {
      row: (origin, text, label) => {
        const reason = this.#add(part, origin, text, label);
        if (reason !== null) this.#addBad(part, origin, reason);
      },
      bad: (origin, reason, lines) => {
        this.#addBad(part, origin, reason, lines);
      },
      guessed: (columns) => {
        this.#guess ??= columns;
      },
    };
  }

  /** Takes a whole sentence about what is unusual. */
  note(sentence: string): void {
    this.#account.note(sentence);
  }

  get badRows(): BadRows {
    return this.#account.badRows;
  }

  get notes(): SourceNotes {
    return {
      classes: this.#ordered().names,
      badRows: this.badRows,
      read: this.#account.account,
      guess: this.#guess,
      testHeldOut: !this.#parts.has('test'),
    };
  }

  split(name: SplitName): CollectedSplit | null {
    const part = this.#parts.get(name);
    if (part === undefined) return null;
    const { classOf } = this.#ordered();
    const { table, rows, labels, numbers, paths } = part;
    return {
      rows: rows.toArray(),
      labels: labels.toArray().map((label) => classOf[label] ?? 0),
      origins: table === null ? fileOrigins(paths) : rowOrigins(table, numbers.toArray()),
    };
  }

  /** @returns why it is no review, or null */
  #add(part: SplitRows, origin: number | string, text: Uint8Array, label: string): string | null {
    const name = label.trim();
    if (name === '') return 'has no label';
    if (!isUtf8(text)) return 'is not UTF-8';
    if (text.length > maximumReviewBytes) return `has a text of ${text.length} bytes, more than ${maximumReviewBytes}`;
    if (isBlank(text)) return 'has no text';
    const number = this.#labels.numberOf(name);
    if (number === null) return `has the unknown label ${JSON.stringify(name.slice(0, 60))}`;
    this.#account.used();
    part.labels.push(number);
    part.rows.push(this.texts.add(text));
    if (typeof origin === 'number') part.numbers.push(origin);
    else part.paths.push(origin);
    return null;
  }

  #addBad({ table }: SplitRows, origin: number | string, reason: string, lines?: number): void {
    const name = table === null || typeof origin === 'string' ? String(origin) : originName(table, origin);
    this.#account.leaveOut(name, reason, lines);
  }

  #ordered(): ReturnType<LabelNames['classes']> {
    this.#classes ??= this.#labels.classes(this.givenLabels !== null);
    return this.#classes;
  }
}

/** Takes the rows of one table, or the files of one folder. */
export interface SplitCollector {
  /** @param origin line or row number, or the path of a review's own file */
  row(origin: number | string, text: Uint8Array, label: string): void;
  /**
   * @param reason completes a sentence that begins with the row: `has 3 fields`
   * @param lines the number of lines that are lost with it
   */
  bad(origin: number | string, reason: string, lines?: number): void;
  /** Says which columns were taken by their names. */
  guessed(columns: Columns): void;
}

function isBlank(text: Uint8Array): boolean {
  // Other white space than that of ASCII makes an empty bag, which is no error.
  return text.every((byte) => byte <= 0x20);
}
