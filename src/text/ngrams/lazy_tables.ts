import { TimeSlices } from '../../system/time_slices.js';
import { madeAtOnce, type IndexTables } from './index_tables.js';
import { makeTables, type VocabularyTableOptions } from './vocabulary_tables.js';

/** The tables of an index, which are made when they are first asked for. */
export class LazyTables {
  #tables: IndexTables | undefined;

  /** @param tables those of the same features; null: they are to be made */
  constructor(
    private readonly options: VocabularyTableOptions,
    tables: IndexTables | null = null,
  ) {
    this.#tables = tables ?? undefined;
  }

  /** The tables; who asks before `prepare` is done waits until they are made. */
  get tables(): IndexTables {
    return (this.#tables ??= madeAtOnce(makeTables(this.options)));
  }

  /** Makes them in slices of about 10 ms. @throws ImdbTorchError ERR_RUN when a feature comes twice */
  async prepare(): Promise<void> {
    const slices = new TimeSlices();
    const making = makeTables(this.options);
    while (this.#tables === undefined) {
      const step = making.next();
      if (step.done === true) this.#tables ??= step.value;
      else if (slices.isOver) await slices.next();
    }
  }
}
