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
import { trimLabel } from './label_spelling.js';
import { GroupNames } from './group_names.js';
import type { CollectedTexts } from '../collected_texts.js';
import { fileOrigins, originName, rowOrigins, type NumberedTable, type TableFile } from '../origins.js';
import type { PathGroup } from '../files/not_looked_at.js';
import { maximumReviewBytes } from '../collected_reviews.js';
import { AccountKeeper, type Reason } from '../read_account.js';
import { textDigest } from '../numbers/text_digest.js';
import { ImdbTorchError } from '../../errors.js';
import { unknownLabel } from './bad_rows.js';

interface SplitRows {
  /** Empty for reviews that have files of their own. */
  readonly tables: NumberedTable[];
  readonly rows: Int32List;
  readonly labels: Int32List;
  readonly numbers: Int32List;
  readonly paths: string[];
  /** Empty where no column of groups is given. */
  readonly groups: Int32List;
  /** Counts rows with a label, reviews or not, and those without one. */
  labelled: number;
  unlabelled: number;
}

/** What is wrong with a row without a label. */
const noLabel = 'has no label';

/**
 * Takes reviews one by one in the order of their source, with whatever labels they have, and leaves out what is no
 * review. Hands their texts on and keeps the rest.
 */
export class TableCollector implements CollectedReviews {
  readonly #labels: LabelNames;
  readonly #groups = new GroupNames();
  readonly #parts = new Map<SplitName, SplitRows>();
  readonly #account = new AccountKeeper();
  /** `[texts]`: a digest of each text. */
  readonly digests: number[] = [];
  #guess: Columns | null = null;
  #classes: ReturnType<LabelNames['classes']> | null = null;

  /**
   * @param givenLabels the classes in their order; null: every label of the training reviews
   * @param texts takes the texts of the reviews
   * @param leastClasses the fewest classes that there have to be
   */
  constructor(
    readonly location: string,
    readonly givenLabels: readonly string[] | null,
    readonly texts: CollectedTexts,
    private readonly leastClasses = 2,
  ) {
    this.#labels = new LabelNames(location, givenLabels);
  }

  /**
   * Begins a table or folder of a split, the training reviews first: a label that these do not have is unknown in the
   * others.
   */
  begin(split: SplitName, file: TableFile | null): SplitCollector {
    if (split !== 'train') this.#labels.complete();
    const part: SplitRows = this.#parts.get(split) ?? {
      tables: [],
      rows: new Int32List(),
      labels: new Int32List(),
      numbers: new Int32List(),
      paths: [],
      groups: new Int32List(),
      labelled: 0,
      unlabelled: 0,
    };
    this.#parts.set(split, part);
    const table = file && { ...file, start: part.numbers.last ?? 0 };
    if (table !== null) part.tables.push(table);
    const addBad = (origin: number | string, reason: Reason, lines?: number): void => {
      if (reason.why === noLabel) part.unlabelled += 1;
      this.#addBad(table, origin, reason, lines);
    };
    return {
      row: (origin, text, label, group) => {
        const wrong = this.#add(part, typeof origin === 'string' ? origin : origin + (table?.start ?? 0), text, label);
        if (wrong !== null) addBad(origin, wrong);
        else if (group !== undefined) part.groups.push(this.#groups.numberOf(group));
      },
      bad: (origin, reason, lines) => {
        addBad(origin, { why: reason }, lines);
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

  /** Takes what was seen but not opened. */
  doNotLookAt(groups: readonly PathGroup[]): void {
    this.#account.doNotLookAt(groups);
  }

  get account(): Pick<SourceNotes, 'badRows' | 'read'> {
    return { badRows: this.#account.badRows, read: this.#account.account };
  }

  /** @throws ImdbTorchError ERR_DATASET when a file has texts, and none of them has a label */
  assertLabelled(): void {
    for (const [split, { tables, labelled, unlabelled }] of this.#parts) {
      if (labelled === 0 && unlabelled > 0) throw noLabels(tables[0]?.name ?? this.location, split);
    }
  }

  get notes(): SourceNotes {
    const { badRows, read } = this.account;
    return {
      classes: this.#ordered().names,
      badRows,
      read: { ...read, notes: [...read.notes, ...this.#labels.notes] },
      textsSha256: null,
      guess: this.#guess,
      testHeldOut: !this.#parts.has('test'),
    };
  }

  split(name: SplitName): CollectedSplit | null {
    const part = this.#parts.get(name);
    if (part === undefined) return null;
    const { classOf } = this.#ordered();
    const { tables, rows, labels, numbers, paths, groups } = part;
    return {
      rows: rows.toArray(),
      labels: labels.toArray().map((label) => classOf[label] ?? 0),
      origins: tables.length === 0 ? fileOrigins(paths) : rowOrigins(tables, numbers.toArray()),
      ...(groups.length > 0 && { groups: groups.toArray() }),
    };
  }

  /** @returns why it is no review, or null */
  #add(part: SplitRows, origin: number | string, text: Uint8Array, label: string): Reason | null {
    if (trimLabel(label) === '') return { why: noLabel };
    part.labelled += 1;
    if (!isUtf8(text)) return { why: 'is not UTF-8' };
    if (text.length > maximumReviewBytes) return { why: `has a text of more than ${maximumReviewBytes} bytes` };
    if (isBlank(text)) return { why: 'has no text' };
    const number = this.#labels.numberOf(label);
    if (number === null) return { why: unknownLabel, example: JSON.stringify(trimLabel(label).slice(0, 60)) };
    this.#account.used();
    part.labels.push(number);
    part.rows.push(this.texts.add(text));
    this.digests.push(textDigest(text));
    if (typeof origin === 'number') part.numbers.push(origin);
    else part.paths.push(origin);
    return null;
  }

  #addBad(table: TableFile | null, origin: number | string, reason: Reason, lines?: number): void {
    const name = table === null || typeof origin === 'string' ? String(origin) : originName(table, origin);
    const { why, example } = reason;
    this.#account.leaveOut(name, example === undefined ? why : `has the unknown label ${example}`, lines, reason);
  }

  #ordered(): ReturnType<LabelNames['classes']> {
    this.#classes ??= this.#labels.classes(this.givenLabels !== null, this.leastClasses);
    return this.#classes;
  }
}

/** Takes the rows of one table, or the files of one folder. */
export interface SplitCollector {
  /**
   * @param origin line or row number, or the path of a review's own file
   * @param group what it has in common with others, given for all of a table or for none; empty: nothing
   */
  row(origin: number | string, text: Uint8Array, label: string, group?: string): void;
  /**
   * @param reason completes a sentence that begins with the row: `has 3 fields`
   * @param lines the number of lines that are lost with it
   */
  bad(origin: number | string, reason: string, lines?: number): void;
  /** Says which columns were taken by their names. */
  guessed(columns: Columns): void;
}

function noLabels(name: string, split: SplitName): ImdbTorchError {
  const remedy =
    split === 'test'
      ? 'leave it out, so that a part of the training reviews is held out instead'
      : 'name the column of the labels with the option labelColumn';
  return new ImdbTorchError(
    'ERR_DATASET',
    `Expected rows with labels but no row of ${name} has one: is it a test set without labels? ` +
      `The command \`predict\` answers texts without labels; to train, ${remedy}.`,
  );
}

function isBlank(text: Uint8Array): boolean {
  // Other white space than that of ASCII makes an empty bag, which is no error.
  return text.every((byte) => byte <= 0x20);
}
