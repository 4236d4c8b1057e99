import { choice, flag, integer, list, optional, text, type Kind } from '../../settings/kinds.js';
import { hostNames } from '../../settings/list_kinds.js';
import { checkValues, throwProblems, type Values } from '../../settings/option.js';
import { computingSettings } from '../../settings/computing_settings.js';
import { readGiven, readOptions, type RawOptions } from '../options/option.js';
import { output } from '../options/output_options.js';
import { adapter, decision, engine } from '../trained_model/run_argument.js';

/** What all paths of the service begin with; none where it is a slash alone. */
const pathPrefix: Kind<string> = {
  ...text('path'),
  expected: 'a path such as /api, of letters, digits and - . _ ~ between slashes,',
  accept: (given) => {
    if (given === '/') return '';
    const isPath = typeof given === 'string' && /^(\/[\w.~-]+)+$/.test(given) && !/\/\.{1,2}(\/|$)/.test(given);
    return isPath ? given : undefined;
  },
};

/** Origins as browsers send them. */
const origins: Kind<readonly string[]> = {
  ...list(
    'origins',
    'origins such as https://films.example, separated by commas, or *,',
    (name) => name,
    (names) => (names.every(isOrigin) ? (names as string[]) : undefined),
  ),
  repeats: true,
};

function isOrigin(name: unknown): boolean {
  if (name === '*') return true;
  return typeof name === 'string' && /^https?:/.test(name) && URL.canParse(name) && new URL(name).origin === name;
}

export const serveOptions = {
  host: { kind: text('address'), default: '127.0.0.1', usual: 'HOST, or 127.0.0.1', help: 'address to listen on' },
  port: {
    kind: integer(0, 65_535),
    default: 8080,
    usual: 'PORT, or 8080',
    help: 'port to listen on, 0 for any free one',
  },
  prefix: { kind: pathPrefix, default: '', usual: 'none', help: 'what all paths begin with, such as /api' },
  allowHost: {
    kind: hostNames,
    default: [],
    help: 'further names that requests may call this service by, as behind a proxy; * for all',
    usual: 'its own names and addresses',
  },
  cors: { kind: origins, default: [], usual: 'none', help: 'origins of other sites whose pages may ask; * for all' },
  apiKeyFile: {
    kind: optional(text('file')),
    usual: 'none are needed',
    help: 'file of keys, one a line, of which requests need one',
  },
  watch: { kind: flag, default: false, help: 'read models and keys anew when their files change, as SIGHUP does' },
  log: { kind: optional(choice(['json'])), usual: 'none', help: 'write a line a request to stderr, without its texts' },
  adapter,
  decision,
  engine,
  threads: {
    ...computingSettings.threads,
    kind: integer(1, 1024),
    default: 1,
    usual: '1',
    help: 'number of threads for one request (small ones gain nothing from more)',
  },
  ...output,
} as const;

export type ServeOptions = Values<typeof serveOptions> & {
  /** Those of the environment that say where to listen, which nobody may have meant for this service. */
  readonly environment: readonly EnvironmentName[];
};

/** Platforms say by these where a service is to listen. */
const { host, port } = serveOptions;
const variables = { HOST: host, PORT: port } as const;
export type EnvironmentName = keyof typeof variables;

/**
 * Reads the options, where the command line goes before the environment.
 * @throws ImdbTorchError ERR_USAGE that names every problem
 */
export function readServeOptions(raw: RawOptions, environment: NodeJS.ProcessEnv = process.env): ServeOptions {
  const names = Object.keys(variables) as EnvironmentName[];
  const given = names.filter((name) => environment[name] && raw[name.toLowerCase()] === undefined);
  const { values, problems } = checkValues(
    variables,
    Object.fromEntries(given.map((name) => [name, environment[name]])),
    (name) => `${name} of the environment`,
    (kind, value) => kind.parse(String(value)),
  );
  throwProblems([...readGiven(serveOptions, raw).problems, ...problems]);
  const { HOST, PORT } = values;
  return {
    ...readOptions(serveOptions, raw),
    ...(HOST !== undefined && { host: HOST }),
    ...(PORT !== undefined && { port: PORT }),
    environment: given,
  };
}
