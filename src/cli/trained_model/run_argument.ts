import { engineChoices, type EngineChoice } from '../../model/engine_choice.js';
import type { RunClassifier } from '../../model/run_classifier.js';
import type { TextClassifier } from '../../model/text_classifier.js';
import { decisionNames, type DecisionName } from '../../storage/model_description.js';
import { choice, optional, text } from '../../settings/kinds.js';
import { output } from '../options/output_options.js';
import { computingSettings } from '../../settings/computing_settings.js';
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

export const engine = {
  kind: choice(engineChoices),
  default: 'auto',
  help: 'what computes: plain JavaScript (portable), the kernels of the addon, or the operators of libtorch',
} as const;

/** The options that all commands with a trained model have. */
export const modelOptions = { adapter, decision, engine, threads: computingSettings.threads, ...output } as const;

/** The model of a run to open, what computes it and the number of threads for it. */
interface ModelChoice {
  adapter?: string | undefined;
  decision?: DecisionName;
  engine: EngineChoice;
  threads: number | null;
  /** Whether so little is asked that loading the addon takes longer than all the rest. Default: false. */
  isLittle?: boolean | undefined;
}

/** Opens a model of a run, making the addon ready where it is to compute. */
export async function openClassifier(
  path: string,
  { adapter, decision: chosen, engine: asked, threads, isLittle = false }: ModelChoice,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RunClassifier> {
  // Not before the caller has begun what can be done meanwhile.
  const { settleEngine } = await import('./settled_engine.js');
  const settled = await settleEngine({ engine: asked, threads, isLittle }, terminal, signal);
  const { openRunWith } = await import('../../model/open_run.js');
  const classifier = await openRunWith(path, { adapter, decision: chosen, ...settled });
  for (const note of classifier.notes) terminal.note(note);
  return classifier;
}

/** Opens a model of a run for the addon, building that when there is none yet. */
export async function openNative(
  path: string,
  { adapter, threads }: Pick<ModelChoice, 'adapter' | 'threads'>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TextClassifier> {
  const { prepareAddon } = await import('../addon/prepare_addon.js');
  await prepareAddon(terminal, signal);
  const { openWithoutIndex } = await import('../../model/text_classifier.js');
  const classifier = await openWithoutIndex(path, { adapter, threads: threads ?? undefined });
  for (const note of classifier.notes) terminal.note(note);
  return classifier;
}
