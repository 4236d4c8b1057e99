import { chooseTextColumn } from '../../data/tables/columns.js';
import { parseLine } from '../../data/tables/json_rows.js';
import { fieldOf } from '../../data/tables/json_values.js';
import type { ColumnChoice } from './column_choice.js';
import { checkedText, textOf, type Columns, type Line, type TextLine } from './text_lines.js';

/** Takes the texts of lines that are JSON objects. @param name the file, for messages */
export class JsonLines {
  #column: string | undefined;

  constructor(
    private readonly choice: ColumnChoice,
    private readonly name: string,
  ) {
    this.#column = choice.textColumn;
  }

  /**
   * @param strict leave a line out where it is not UTF-8
   * @throws ImdbTorchError ERR_DATASET when the first object has no text under a usual name and none is given
   */
  textOf(line: Line, strict: boolean): TextLine {
    const { text: json, problem } = textOf(line, strict);
    if (json === null) return { line: line.number, text: null, problem };
    const object = objectOf(json.toString());
    if (object !== null) this.#column ??= chooseTextColumn(Object.keys(object), undefined, this.name);
    const column = this.#column ?? 'text';
    const text = object === null ? undefined : fieldOf(object, column);
    const found = typeof text === 'string' ? checkedText(text, problem) : noText(column);
    return { line: line.number, ...found, columns: object === null ? undefined : this.#kept(object, column) };
  }

  #kept(object: Columns, column: string): Columns | undefined {
    const { keep } = this.choice;
    if (keep === undefined) return undefined;
    const names = keep === 'all' ? Object.keys(object).filter((name) => name !== column) : keep;
    return Object.fromEntries(names.map((name) => [name, fieldOf(object, name) ?? null]));
  }
}

function noText(column: string): Pick<TextLine, 'text' | 'problem'> {
  return { text: null, problem: `no JSON object with a text as "${column}"` };
}

function objectOf(line: string): Columns | null {
  const object = parseLine(line);
  return typeof object === 'string' ? null : object;
}
