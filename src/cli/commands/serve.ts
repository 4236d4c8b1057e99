import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { systemCode } from '../../system/file_errors.js';
import { endWithNpm, interruptSignal } from '../interrupt.js';
import { output } from '../options/output_options.js';
import { integer, text } from '../../settings/kinds.js';
import { hostNames } from '../../settings/list_kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { prepareAddon } from '../addon/prepare_addon.js';
import { settings } from '../../settings/settings.js';
import { adapter, decision } from '../trained_model/run_argument.js';
import { writeErr } from '../standard_streams.js';
import { formatText } from '../../report/format.js';
import { Terminal } from '../terminal.js';

const options = {
  host: { kind: text('address'), default: '127.0.0.1', help: 'address to listen on' },
  port: { kind: integer(0, 65_535), default: 8080, help: 'port to listen on, 0 for any free one' },
  allowHost: {
    kind: hostNames,
    default: [],
    help: 'further names that requests may call this service by, as behind a proxy; * for all',
    usual: 'its own names and addresses',
  },
  adapter,
  decision,
  threads: {
    ...settings.threads,
    kind: integer(1, 1024),
    default: 1,
    usual: '1',
    help: 'number of threads for one request (small ones gain nothing from more)',
  },
  ...output,
} as const;

export function defineServe(command: Command): void {
  command.argument('<run>', 'run directory');
  addOptions(command, options).action(serve);
}

async function serve(path: string, raw: RawOptions): Promise<void> {
  const {
    host,
    port,
    allowHost,
    adapter: named,
    decision: chosen,
    threads: count,
    json,
    quiet,
  } = readOptions(options, raw);
  const signal = interruptSignal();
  endWithNpm();
  const terminal = new Terminal({ json, quiet });
  await prepareAddon(terminal, signal);
  const [{ openModels }, { createService }] = await Promise.all([
    import('../../serve/models.js'),
    import('../../serve/service.js'),
  ]);
  const models = await openModels(path, { adapter: named, decision: chosen, threads: count });
  for (const note of models.notes) terminal.note(note);
  try {
    const onFailure = (error: unknown): void => {
      writeErr(`error: ${error instanceof Error ? String(error.stack) : messageOf(error)}\n`);
    };
    const service = await createService({ models, allowedHosts: [host, ...allowHost], onFailure });
    try {
      await service.listen({ host, port }).catch((error: unknown) => {
        throw listenError(host, port, error);
      });
      await models.prepare();
      sayWhere(path, host, service.server.address() as AddressInfo, terminal);
      if (!signal.aborted) await once(signal, 'abort');
      terminal.note('Stopping; what is under way is finished first.');
    } finally {
      await service.close();
    }
  } finally {
    models.dispose();
  }
}

function sayWhere(run: string, host: string, { address, port, family }: AddressInfo, terminal: Terminal): void {
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`;
  terminal.result(`Serving ${formatText(run)} at ${url} (Ctrl-C ends it).`);
  if (!/^(127\.|::1$|::ffff:127\.)/.test(address)) {
    terminal.note(
      `${host} can be reached from other machines: whoever reaches it can use the model and read what is sent, for ` +
        'there is no password and no encryption. Leave --host out, or put a proxy with both in front.',
    );
  }
  terminal.document({ schema: 1, command: 'serve', run, url, host, port, pid: process.pid });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; choose another port with --port',
  EACCES: 'you have no permission to listen there; choose a port above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
  ENOTFOUND: 'there is no such host; choose another with --host',
};

function listenError(host: string, port: number, error: unknown): ImdbTorchError {
  const reason = reasons[systemCode(error) ?? ''] ?? messageOf(error);
  const message = `Expected to listen on port ${port} of ${host}: ${reason}.`;
  return new ImdbTorchError('ERR_FAILED', message, { cause: error });
}
