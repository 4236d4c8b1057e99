import type { TextClassifier } from '../../model/text_classifier.js';
import { decisionNames, type DecisionName } from '../../storage/model_description.js';
import { choice, optional, text } from '../../settings/kinds.js';
import { output } from '../options/output_options.js';
import { settings } from '../../settings/settings.js';
import type { Terminal } from '../terminal.js';

export const adapter = {
  kind: optional(text('name')),
  help: "on for the run's own adapter, off, merged for the merged model, or the folder of another adapter",
  usual: 'merged or on, what the run has',
} as const;

export const decision = {
  kind: choice(decisionNames),
  default: 'fitted',
  help: 'choose the class by the thresholds that were fitted for the model, where there are some, or the most probable one',
} as const;

/** The options that all commands with a trained model have. */
export const modelOptions = { adapter, decision, threads: settings.threads, ...output } as const;

/** The model of a run to open, and the number of threads for it. */
interface ModelChoice {
  adapter?: string | undefined;
  decision?: DecisionName;
  threads: number | null;
}

/** Opens a model of a run, building the addon when there is none yet. */
export async function openClassifier(
  path: string,
  { adapter, decision: chosen, threads }: ModelChoice,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TextClassifier> {
  // Not before the caller has begun what can be done meanwhile.
  const { prepareAddon } = await import('../addon/prepare_addon.js');
  await prepareAddon(terminal, signal);
  const { openWithoutIndex } = await import('../../model/text_classifier.js');
  const classifier = await openWithoutIndex(path, {
    adapter,
    decision: chosen,
    threads: threads ?? undefined,
  });
  for (const note of classifier.notes) terminal.note(note);
  return classifier;
}
