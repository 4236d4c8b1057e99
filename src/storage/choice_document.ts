import * as v from 'valibot';

/** The parts of run documents that say how a model was chosen, and by what. */

/** A number. JSON has null for those that are not finite. */
export const number = v.nullable(v.number()) as unknown as v.GenericSchema<number>;
export const text = v.string();

export const metricName = v.picklist(['accuracy', 'macro-f1', 'log-loss', 'roc-auc']);

/** The metric that the run goes by; absent where it is accuracy because nothing else was asked for. */
export const metric = v.exactOptional(
  v.object({
    name: metricName,
    // Why it was taken, where it was not asked for.
    because: v.exactOptional(text),
    // Of the final model, as commands use it.
    test: number,
  }),
);

/** Why the model may be no good; absent where it was not looked at. */
export const warnings = v.exactOptional(v.array(v.object({ kind: text, sentence: text })));

/** One of the linear models that a search tried, with the metric on the held-out reviews of so many folds. */
export const candidate = v.object({
  ngrams: number,
  characters: v.nullable(v.pipe(v.tuple([number, number]), v.readonly())),
  weighting: v.pipe(v.array(text), v.readonly()),
  cost: number,
  cleanUp: number,
  folds: number,
  value: number,
  standardError: number,
});

/** A learning rate and a number of epochs that a search tried, with the metric on the held-out reviews of so many folds. */
export const tuning = v.object({
  lr: number,
  loraEpochs: number,
  // 1: the reviews that are held out for validation.
  folds: number,
  value: number,
  standardError: number,
});

/** Why a search took what it took, and whether it ended by its plan, its budget or an interrupt. */
export const search = { because: v.exactOptional(text), endedBy: v.exactOptional(text) };
