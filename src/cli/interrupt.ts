import { ImdbTorchError } from '../errors.js';

const controller = new AbortController();
/** SIGHUP comes when a terminal is closed. Its exit code is the usual 128 and its number, that of the others is 130. */
const hangUpExitCode = 129;
const usualExitCode = 130;
let hungUp = false;
let installed = false;

/**
 * The signal that Ctrl-C, SIGTERM and SIGHUP abort. From the first call on, the first of them lets the command clean up and
 * the second ends the process at once.
 */
export function interruptSignal(): AbortSignal {
  if (!installed) {
    installed = true;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  }
  return controller.signal;
}

function interrupt(name: NodeJS.Signals): void {
  const reason = new ImdbTorchError('ERR_INTERRUPTED', `Interrupted by ${name}; nothing half-written is left.`);
  if (controller.signal.aborted) process.exit(interruptExitCode());
  hungUp = name === 'SIGHUP';
  controller.abort(reason);
}

/** The exit code of a command that was interrupted. */
export function interruptExitCode(): number {
  return hungUp ? hangUpExitCode : usualExitCode;
}
