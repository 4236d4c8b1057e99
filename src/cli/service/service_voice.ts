import { messageOf } from '../../errors.js';
import type { LoggedRequest } from '../../serve/request_log.js';
import { writeErr } from '../standard_streams.js';
import type { Terminal } from '../terminal.js';

/** What a service says on stderr while it runs: sentences, or JSON a line. Lines of one turn are written at once. */
export class ServiceVoice {
  readonly #terminal: Terminal;
  readonly #isJson: boolean;
  #lines = '';

  constructor(terminal: Terminal, isJson: boolean) {
    this.#terminal = terminal;
    this.#isJson = isJson;
  }

  readonly note = (message: string): void => {
    if (this.#isJson) this.#write({ time: new Date().toISOString(), message });
    else this.#terminal.note(message);
  };

  readonly request = (request: LoggedRequest): void => {
    this.#write(request);
  };

  /** Says what the service itself is to blame for, even when quiet. */
  readonly failure = (error: unknown): void => {
    const message = error instanceof Error ? String(error.stack) : messageOf(error);
    if (this.#isJson) this.#write({ time: new Date().toISOString(), error: message });
    else writeErr(`error: ${message}\n`);
  };

  #write(line: object): void {
    if (this.#lines === '') {
      setImmediate(() => {
        const lines = this.#lines;
        this.#lines = '';
        writeErr(lines);
      });
    }
    this.#lines += `${JSON.stringify(line)}\n`;
  }
}
