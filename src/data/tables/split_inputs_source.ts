import { createHash } from 'node:crypto';
import { ImdbTorchError } from '../../errors.js';
import { assertFewBadRows } from './bad_rows.js';
import { splitNames, type SplitName } from '../collected_reviews.js';
import type { PathGroup } from '../files/not_looked_at.js';
import type { SplitInput } from './split_input.js';
import { TableCollector } from './collector.js';
import type { Source, SourceOptions } from '../source_types.js';

/** The tables or folders of classes of each split that there is, in the order in which they are read. */
export type SplitInputs = Readonly<Partial<Record<SplitName, readonly SplitInput[]>>>;

/**
 * Makes a source of tables or folders of classes.
 * @param notLookedAt files beside them
 * @throws ImdbTorchError ERR_USAGE when a split has both
 */
export function splitInputsSource(
  location: string,
  parts: SplitInputs,
  options: SourceOptions,
  notLookedAt: readonly PathGroup[] = [],
): Source {
  const { labels = null, signal, onProgress } = options;
  const found = splitNames.flatMap((name) => (parts[name] ?? []).map((part) => ({ name, part })));
  checkMixture(parts);
  const columns = howRead(options);
  const order = found.map(({ name, part }) => [name, part.kind, part.table]);
  const total = found.reduce((sum, { part }) => sum + part.bytes, 0);
  const notes = [...found.flatMap(({ part }) => part.notes), ...notesOnCopies(found)];
  return {
    kind: found[0]?.part.kind ?? 'classes-folder',
    location,
    sha256: sharedSha256(found.map(({ part }) => part.sha256)),
    variant: { order, columns, labels, account: [notLookedAt, notes] },
    read: async (texts) => {
      const collector = new TableCollector(location, labels, texts, options.toTrain === false ? 1 : 2);
      collector.doNotLookAt(notLookedAt);
      const onNote = collector.note.bind(collector);
      notes.forEach(onNote);
      let before = 0;
      for (const { name, part } of found) {
        const onRead = (done: number): void =>
          onProgress?.({ stage: 'read', done: before + done, total, unit: 'bytes' });
        const reading = { ...columns, signal, onRead, onNote };
        await part.read(collector.begin(name, part.table), reading);
        before += part.bytes;
      }
      // Before anything else that could be wrong: it may be the reason.
      collector.assertLabelled();
      assertFewBadRows(collector.account, location, options.strict ?? false);
      return collector;
    },
  };
}

function howRead({ textColumn, labelColumn, groupColumn, header = true, encoding = 'auto' }: SourceOptions) {
  return { textColumn, labelColumn, groupColumn, header, encoding };
}

function checkMixture(parts: SplitInputs): void {
  for (const name of splitNames) {
    const inputs = parts[name] ?? [];
    const [table, folder] = [inputs.find((each) => each.table !== null), inputs.find((each) => each.table === null)];
    if (table === undefined || folder === undefined) continue;
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected either tables or folders of classes for the option ${name} but received the table ${table.path} and the folder ${folder.path}; give them apart.`,
    );
  }
}

type Found = readonly { readonly name: SplitName; readonly part: SplitInput }[];

/** Tells of files with the same content: a model has learnt by heart what it is then tested on. */
function notesOnCopies(found: Found): string[] {
  const first = new Map<string, Found[number]>();
  return found.flatMap(({ name, part }) => {
    const known = first.get(part.sha256);
    if (known === undefined) {
      first.set(part.sha256, { name, part });
      return [];
    }
    const same = `${part.path} (${name}) is the same as ${known.part.path} (${known.name})`;
    return [known.name === name ? `${same}.` : `${same}, so that its figures say little about other texts.`];
  });
}

/** Returns the hash of a single file as it is, and makes one of the hashes of several. */
function sharedSha256(hashes: readonly string[]): string {
  const [first = ''] = hashes;
  return hashes.length === 1 ? first : createHash('sha256').update(hashes.join('\n')).digest('hex');
}
