import type { Command } from 'commander';
import { ImdbTorchError } from '../../errors.js';
import { describeAudit } from '../../report/console/audit.js';
import { auditTable, auditTableStart } from '../../report/documents/audit.js';
import { formatCount, formatText } from '../../report/format.js';
import { writeFileAtomic } from '../../system/atomic_file.js';
import { assertReplaceable } from '../../system/own_output.js';
import { auditReading, type DataChoice } from '../../settings/data_choice.js';
import { prepare, readData } from '../experiment/read_dataset.js';
import { createSearchEvents } from '../experiment/search_events.js';
import { interruptSignal, stopOnInterrupt } from '../interrupt.js';
import { integer, optional, text } from '../../settings/kinds.js';
import { addOptions, readOptions, type RawOptions } from '../options/option.js';
import { type Values } from '../../settings/option.js';
import { output } from '../options/output_options.js';
import { settings } from '../../settings/settings.js';
import { howRead } from '../trained_model/run_reviews.js';
import { Terminal } from '../terminal.js';

const { data, train, files, textColumn, labelColumn, groupColumn, header, labels, encoding, strict, seed, threads } =
  settings;

const options = {
  data: { kind: data.kind, group: 'Data', help: data.help },
  train: { ...train, help: 'files or folders of reviews, which are looked at as one set' },
  ...{ files, textColumn, labelColumn, groupColumn, header, labels, encoding, strict },
  seed: { ...seed, default: 123 },
  threads,
  top: {
    kind: integer(0),
    group: 'Output',
    default: 20,
    help: 'number of the most doubtful reviews, and of repeated texts, that are shown, also with --json',
  },
  out: {
    kind: optional(text('file')),
    group: 'Output',
    help: 'write all doubtful reviews, the most doubtful first (CSV)',
  },
  ...output,
} as const;

type AuditOptions = Values<typeof options>;

export function defineAudit(command: Command): void {
  command.argument('[data...]', 'a file, folder, archive or pattern, or several files, which are looked at as one set');
  addOptions(command, options).action(audit);
}

async function audit(named: readonly string[], raw: RawOptions): Promise<void> {
  const given = readOptions(options, raw);
  const choice: DataChoice = {
    ...howRead(given),
    ...{ groupColumn: given.groupColumn, labels: given.labels, strict: given.strict },
    ...{ data: chooseData(named, given), seed: given.seed, ...auditReading },
  };
  if (given.out !== undefined) await assertReplaceable(given.out, auditTableStart);
  const signal = interruptSignal();
  const terminal = new Terminal(given);
  const dataset = await prepare((shared) => readData(choice, terminal, shared), terminal, signal);
  // The addon is there by now.
  const { auditReviews, documentOf } = await import('../../library/audit.js');
  const { setNumThreads } = await import('../../model/native.js');
  if (given.threads !== null) setNumThreads(given.threads);
  // The first Ctrl-C ends the search for the best kind of model alone.
  using stopping = stopOnInterrupt(terminal);
  const events = createSearchEvents(terminal, stopping);
  const found = await auditReviews(dataset, choice, { signal, stop: stopping.signal, events });
  terminal.clearProgress();
  if (given.out !== undefined) await writeFileAtomic(given.out, auditTable(found), { signal });
  terminal.result(...describeAudit(found, given.top, terminal.width, terminal.style));
  if (given.out !== undefined)
    terminal.say(`All ${formatCount(found.doubtful.length)} are in ${formatText(given.out)}.`);
  terminal.document(documentOf(dataset, found, given.top));
}

/** Takes the data that one of an argument, --data and --train names. */
function chooseData(named: readonly string[], { data: one, train: several }: AuditOptions): DataChoice['data'] {
  const [first, ...others] = named;
  const ways = [first, one, several].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    const received = ways.length === 0 ? 'none' : 'more than one of these';
    throw new ImdbTorchError(
      'ERR_USAGE',
      `Expected the data to look at, as an argument, --data or --train, but received ${received}.`,
    );
  }
  if (several !== undefined) return { train: several };
  return one ?? (others.length === 0 ? (first ?? '') : { train: named });
}
