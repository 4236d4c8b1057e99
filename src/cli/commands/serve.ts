import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import { ImdbTorchError, messageOf } from '../../errors.js';
import { formatText } from '../../report/format.js';
import type { Reloading } from '../../serve/reloading.js';
import { systemCode } from '../../system/file_errors.js';
import { endWithNpm, handleHangUp, interruptSignal } from '../interrupt.js';
import { addOptions, type RawOptions } from '../options/option.js';
import { readNamedRuns, type NamedRun } from '../service/named_runs.js';
import { readServeOptions, serveOptions, type ServeOptions } from '../service/serve_options.js';
import { settleEngine } from '../trained_model/settled_engine.js';
import { ServiceVoice } from '../service/service_voice.js';
import { Terminal } from '../terminal.js';

export function defineServe(command: Command): void {
  command.argument('<run...>', 'run directory, or several as NAME=RUN');
  addOptions(command, serveOptions).action(serve);
}

async function serve(given: string[], raw: RawOptions): Promise<void> {
  const options = readServeOptions(raw);
  const runs = readNamedRuns(given);
  const signal = interruptSignal();
  endWithNpm();
  const terminal = new Terminal(options);
  const settled = await settleEngine({ ...options, isLittle: false }, terminal, signal);
  const [{ createServer }, { Models }, { ApiKeys }, { Reloading }, { keyPart, modelParts }] = await Promise.all([
    import('../../serve/server.js'),
    import('../../serve/models.js'),
    import('../../serve/api_keys.js'),
    import('../../serve/reloading.js'),
    import('../service/served_parts.js'),
  ]);
  const voice = new ServiceVoice(terminal, options.log === 'json');
  using models = new Models(runs.map(({ name }) => name));
  const { apiKeyFile, host, allowHost, prefix, cors } = options;
  const keys = apiKeyFile === undefined ? null : new ApiKeys(apiKeyFile);
  const parts = modelParts(runs, models, { ...options, ...settled }, voice.note);
  const reloading = new Reloading(
    apiKeyFile === undefined || keys === null ? parts : [keyPart(keys, apiKeyFile, voice.note), ...parts],
    voice.note,
  );
  const service = await createServer({
    ...{ models, prefix, keys, origins: cors, allowedHosts: [host, ...allowHost] },
    ...(options.log === 'json' && { onAnswered: voice.request }),
    onFailure: voice.failure,
  });
  try {
    reloadOnHangUp(reloading, signal);
    await listen(service, options);
    await reloading.start();
    if (options.watch) reloading.watch(signal);
    sayWhere(runs, options, service.server.address() as AddressInfo, terminal);
    if (!signal.aborted) await once(signal, 'abort');
    voice.note('Stopping; what is under way is finished first.');
  } finally {
    await service.close();
  }
}

/** SIGHUP may come while the models are read for the first time, which takes a while: they are then read once more. */
function reloadOnHangUp(reloading: Reloading, signal: AbortSignal): void {
  handleHangUp(() => {
    if (!signal.aborted) void reloading.reload();
  });
}

function sayWhere(
  runs: readonly NamedRun[],
  { host, prefix, apiKeyFile, environment }: ServeOptions,
  { address, port, family }: AddressInfo,
  terminal: Terminal,
): void {
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${prefix}/`;
  const [first] = runs;
  const what = runs.length === 1 ? (first?.run ?? '') : runs.map(({ name, run }) => `${name}=${run}`).join(', ');
  terminal.result(`Serving ${formatText(what)} at ${url} (Ctrl-C ends it).`);
  if (environment.includes('HOST')) {
    terminal.note(
      `HOST of the environment says to listen on ${host}; --host 127.0.0.1 has only this machine reach it.`,
    );
  }
  if (!/^(127\.|::1$|::ffff:127\.)/.test(address)) {
    const who = apiKeyFile === undefined ? 'whoever reaches it' : 'whoever has a key';
    const missing = apiKeyFile === undefined ? 'no password and no encryption' : 'no encryption';
    const proxy = apiKeyFile === undefined ? 'a proxy with both' : 'a proxy with that';
    terminal.note(
      `${host} can be reached from other machines: ${who} can use the model, and what is sent can be read, for there ` +
        `is ${missing}. Leave --host out, or put ${proxy} in front.`,
    );
  }
  terminal.document({ schema: 1, command: 'serve', run: first?.run, runs, url, host, port, pid: process.pid });
}

async function listen(service: FastifyInstance, { host, port, environment }: ServeOptions): Promise<void> {
  await service.listen({ host, port }).catch((error: unknown) => {
    const reason = reasons[systemCode(error) ?? ''] ?? messageOf(error);
    const whence = environment.length === 0 ? '' : ` (${environment.join(' and ')} of the environment)`;
    const message = `Expected to listen on port ${port} of ${host}${whence}: ${reason}.`;
    throw new ImdbTorchError('ERR_FAILED', message, { cause: error });
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; choose another port with --port',
  EACCES: 'you have no permission to listen there; choose a port above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
  ENOTFOUND: 'there is no such host; choose another with --host',
};
