/** Names that run.json gave options before their keys were as they are now. Files keep them. */
const recordedNames = {
  vocab: 'vocabularySize',
  valid: 'validationSize',
  lr: 'learningRate',
  lrUp: 'learningRateA',
  lrDown: 'learningRateB',
  batch: 'batchSize',
  clip: 'maxGradNorm',
  dropout: 'inputDropout',
  target: 'targetModules',
  init: 'initialization',
} as const;

const keys: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(recordedNames).map(([key, name]) => [name, key]),
);

/** The options as run.json keeps them. */
export function toRecorded(options: object): Record<string, unknown> {
  const names: Readonly<Record<string, string>> = recordedNames;
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [names[key] ?? key, value as unknown]),
  );
}

/** The options by their keys, of what run.json or a configuration file has. */
export function fromRecorded(recorded: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(recorded).map(([name, value]) => [keys[name] ?? name, value as unknown]),
  );
}
