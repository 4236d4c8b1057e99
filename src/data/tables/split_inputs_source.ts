import { createHash } from 'node:crypto';
import { assertFewBadRows } from './bad_rows.js';
import { splitNames, type SplitName } from '../collected_reviews.js';
import type { SplitInput } from './split_input.js';
import { TableCollector } from './collector.js';
import type { Source, SourceOptions } from '../source_types.js';

/** Makes a source of tables or folders of classes, one for each split that there is. */
export function splitInputsSource(
  location: string,
  parts: Readonly<Partial<Record<SplitName, SplitInput>>> & { readonly train: SplitInput },
  options: SourceOptions,
): Source {
  const { textColumn, labelColumn, header = true, labels = null, encoding = 'auto', signal, onProgress } = options;
  const found = splitNames.flatMap((name) => {
    const part = parts[name];
    return part === undefined ? [] : [{ name, part }];
  });
  const total = found.reduce((sum, { part }) => sum + part.bytes, 0);
  return {
    kind: parts.train.kind,
    location,
    sha256: sharedSha256(found.map(({ part }) => part.sha256)),
    variant: {
      parts: found.map(({ name, part }) => [name, part.kind, part.table]),
      columns: [textColumn ?? null, labelColumn ?? null, header],
      labels,
      encoding,
    },
    read: async (texts) => {
      const collector = new TableCollector(location, labels, texts, options.toTrain === false ? 1 : 2);
      let before = 0;
      for (const { name, part } of found) {
        const onRead = (bytes: number): void =>
          onProgress?.({ stage: 'read', done: before + bytes, total, unit: 'bytes' });
        const onNote = (sentence: string): void => {
          collector.note(sentence);
        };
        const reading = { textColumn, labelColumn, header, encoding, signal, onRead, onNote };
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

/** Returns the hash of a single file as it is, and makes one of the hashes of several. */
function sharedSha256(hashes: readonly string[]): string {
  const [first = ''] = hashes;
  return hashes.length === 1 ? first : createHash('sha256').update(hashes.join('\n')).digest('hex');
}
