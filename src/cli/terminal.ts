import { formatJson } from '../system/format_json.js';
import { formatProgress, type ProgressState } from '../report/console/progress.js';
import type { LineStyle } from '../report/console/line_style.js';
import { formatLines, formatText } from '../report/format.js';
import { writeErr, writeOut } from './standard_streams.js';

interface TerminalOptions {
  json: boolean;
  quiet: boolean;
}

const redrawMilliseconds = 50;
const usualWidth = 80;

/**
 * The terminal gets what a command says: results and narrative on stdout, progress and notes on stderr. With `json`, stdout
 * gets one document and nothing else; with `quiet`, there is no narrative, no note and no progress, but what
 * nobody may miss.
 */
export class Terminal {
  readonly #options: TerminalOptions;
  #barShown = false;
  #lastDrawn = -Infinity;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** The style of lines for people. */
  get style(): LineStyle {
    const stream = this.#options.json ? process.stderr : process.stdout;
    return { unicode: speaksUnicode(), colour: hasColours(stream) };
  }

  /** The number of columns of the window; a usual number where there is none. */
  get width(): number {
    const stream = this.#options.json ? process.stderr : process.stdout;
    return stream.columns || usualWidth;
  }

  /** Says what happens, for people. */
  say(...lines: readonly string[]): void {
    if (!this.#options.quiet) this.#print(lines);
  }

  /** Says what nobody may miss: when quiet on stderr. */
  warn(...lines: readonly string[]): void {
    if (!this.#options.quiet) this.#print(lines);
    else for (const line of lines) writeErr(`${line}\n`);
  }

  /** Says what came out, for people, even when quiet. */
  result(...lines: readonly string[]): void {
    if (!this.#options.json) this.#print(lines);
    else this.say(...lines);
  }

  /** Says something about the work rather than of it. */
  note(line: string): void {
    if (this.#options.quiet) return;
    this.clearProgress();
    writeErr(`${formatText(line)}\n`);
  }

  /** Says on stderr what is missing in what came out, even when quiet. */
  account(line: string): void {
    this.clearProgress();
    writeErr(`${line}\n`);
  }

  /** Prints the document of `--json`, where that was asked for. */
  document(value: object): void {
    if (!this.#options.json) return;
    this.clearProgress();
    Terminal.print(value);
  }

  /** Prints a JSON document. */
  static print(value: object): void {
    writeOut(`${formatJson(value)}
`);
  }

  /** Draws the progress bar, at most 20 times a second, where stderr is a terminal. */
  progress(state: ProgressState): void {
    const { stderr } = process;
    if (this.#options.quiet || !stderr.isTTY || process.env.TERM === 'dumb') return;
    const now = performance.now();
    if (now - this.#lastDrawn < redrawMilliseconds) return;
    this.#lastDrawn = now;
    this.#barShown = true;
    const width = stderr.columns - 1;
    writeErr(`\r\x1b[K${formatProgress(state, width, speaksUnicode())}`);
  }

  clearProgress(): void {
    if (!this.#barShown) return;
    this.#barShown = false;
    writeErr('\r\x1b[K');
  }

  #print(lines: readonly string[]): void {
    this.clearProgress();
    const write = this.#options.json ? writeErr : writeOut;
    const { colour } = this.style;
    for (const line of lines) write(`${formatLines(line, colour)}\n`);
  }
}

/** Whether colours are wanted: by NO_COLOR, FORCE_COLOR and the terminal's own abilities, as Node reads them. */
function hasColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force } = process.env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no) return false;
  return stream.isTTY && stream.hasColors();
}

function speaksUnicode(): boolean {
  if (process.platform === 'win32') return Boolean(process.env.WT_SESSION);
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return /utf-?8/i.test(locale ?? '');
}
