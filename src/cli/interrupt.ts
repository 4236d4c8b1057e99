import { ImdbTorchError } from '../errors.js';

const controller = new AbortController();
let installed = false;

/**
 * The signal that Ctrl-C and SIGTERM abort. From the first call on, the first of them lets the command clean up and
 * the second ends the process at once.
 */
export function interruptSignal(): AbortSignal {
  if (!installed) {
    installed = true;
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
  }
  return controller.signal;
}

function interrupt(name: NodeJS.Signals): void {
  const reason = new ImdbTorchError('ERR_INTERRUPTED', `Interrupted by ${name}; nothing half-written is left.`);
  if (controller.signal.aborted) process.exit(reason.exitCode);
  controller.abort(reason);
}
