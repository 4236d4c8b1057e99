import { ImdbTorchError } from '../../errors.js';
import type { GivenData } from '../../library/run_reviews.js';
import { flagOf, type Values } from '../../settings/option.js';
import { settings } from '../../settings/settings.js';
import { howRead, howReadKeys } from '../trained_model/run_reviews.js';
import type { RawOptions } from './option.js';

/** The options that name other reviews than those of a run, and say how they are read. */
export const otherData = {
  data: { ...settings.data, usual: 'the data of the run' },
  textColumn: { ...settings.textColumn, help: 'column of the texts in a table that is given with --data' },
  labelColumn: { ...settings.labelColumn, help: 'column of the labels in such a table' },
  header: settings.header,
  files: { ...settings.files, help: 'names of the files that are read in a folder that is given with --data' },
  labels: { ...settings.labels, help: 'the classes in these data, in order', usual: 'as the run was told' },
  encoding: { ...settings.encoding, help: 'encoding of such texts: auto is UTF-8, and Windows-1252 for what is not' },
} as const;

/** Returns what to read in place of the reviews of a run; null: those of the run. */
export function othersOf(given: Values<typeof otherData>): GivenData | null {
  return given.data === undefined ? null : { ...howRead(given), data: given.data, labels: given.labels };
}

/**
 * Refuses what says how to read data where none are named: those of the run are read as they were.
 * @throws ImdbTorchError ERR_USAGE
 */
export function assertDataNamed(raw: RawOptions): void {
  const given = ([...howReadKeys, 'labels'] as const).filter((key) => raw[key] !== undefined);
  if (raw.data !== undefined || given.length === 0) return;
  const flags = given.map((key) => (raw[key] === false ? flagOf(key).replace('--', '--no-') : flagOf(key)));
  throw new ImdbTorchError(
    'ERR_USAGE',
    `Expected --data with ${flags.join(', ')}, which say how it is read, but received none; ` +
      'name the data, or leave these options out: the data of the run are read as they were in training.',
  );
}
