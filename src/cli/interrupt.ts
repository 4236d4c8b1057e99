import { closeSync, openSync } from 'node:fs';
import { ImdbTorchError } from '../errors.js';
import type { Terminal } from './terminal.js';

const controller = new AbortController();
/** SIGHUP comes when a terminal is closed. Its exit code is the usual 128 and its number, that of the others is 130. */
const hangUpExitCode = 129;
const usualExitCode = 130;
/** Within this many milliseconds a signal is the same once more, as from a terminal and a shell or npx that hand it on. */
const sameSignal = 200;
/** Under npm the parent is looked at this often. */
const parentMilliseconds = 250;
let hungUp = false;
let since = 0;
let installed = false;
let hadTerminal = false;
/** What SIGHUP does instead of ending the command; null: nothing. */
let onHangUp: (() => void) | null = null;

/**
 * The signal that Ctrl-C, SIGTERM and SIGHUP abort. From the first call on, the first of them lets the command clean up and
 * the second ends the process at once, unless it comes by itself: nobody closes a terminal twice.
 */
export function interruptSignal(): AbortSignal {
  if (!installed) {
    installed = true;
    hadTerminal = hasTerminal();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  }
  return controller.signal;
}

/** Has SIGHUP call `handler` from now on, unless it comes because the terminal of the command was closed. */
export function handleHangUp(handler: () => void): void {
  interruptSignal();
  onHangUp = handler;
}

/**
 * Takes the end of the parent for a SIGTERM where npm or npx has started the command: they hand signals on to the shell
 * in between, which ends without handing them on.
 */
export function endWithNpm(): void {
  const { npm_execpath: npm, npm_config_user_agent: agent } = process.env;
  if (npm === undefined && agent === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    if (!controller.signal.aborted) interrupt('SIGTERM');
  }, parentMilliseconds);
  timer.unref();
}

/** Whether this process belongs to a terminal that is there. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** What the next Ctrl-C ends instead of the command; null: nothing. */
let stopping: AbortController | null = null;

/** A part of the work that Ctrl-C ends. */
interface Stopping extends Disposable {
  readonly signal: AbortSignal;
  /** The part is over: the next Ctrl-C ends the command. To dispose does the same. */
  end(): void;
}

/**
 * Makes the next Ctrl-C end a part of the work, whose result so far is good, instead of the command.
 * @param terminal tells the user what that Ctrl-C did
 */
export function stopOnInterrupt(terminal: Pick<Terminal, 'note'>): Stopping {
  interruptSignal();
  const own = new AbortController();
  const end = (): void => {
    if (stopping === own) stopping = null;
  };
  own.signal.addEventListener('abort', () => {
    terminal.note('Taking the best so far; Ctrl-C again stops.');
  });
  stopping = own;
  return { signal: own.signal, end, [Symbol.dispose]: end };
}

function interrupt(name: NodeJS.Signals): void {
  if (name === 'SIGHUP' && onHangUp !== null && (!hadTerminal || hasTerminal())) {
    onHangUp();
    return;
  }
  if (stopping !== null && name === 'SIGINT') {
    stopping.abort();
    stopping = null;
    since = performance.now();
    return;
  }
  // A shell or npx hands the same signal on.
  if (name === 'SIGINT' && !controller.signal.aborted && performance.now() - since < sameSignal) return;
  if (controller.signal.aborted) {
    if (name !== 'SIGHUP' && performance.now() - since > sameSignal) process.exit(interruptExitCode());
    return;
  }
  since = performance.now();
  const reason = new ImdbTorchError('ERR_INTERRUPTED', `Interrupted by ${name}; nothing half-written is left.`);
  hungUp = name === 'SIGHUP';
  controller.abort(reason);
}

/** The exit code of a command that was interrupted. */
export function interruptExitCode(): number {
  return hungUp ? hangUpExitCode : usualExitCode;
}
