import type { Base } from '../settings/base.js';
import { dataChoice, type DataChoice } from '../settings/data_choice.js';
import { settle, type Presets } from '../settings/settle.js';
import { isOwnName } from '../text/tokens/own_tokenizer.js';
import { readCall } from './call_options.js';
import type { SettledSettings } from './experiment.js';
import { isImdbLoaded, settingsOn, type LoadedDataset } from './load_dataset.js';

/** What a call is, and what it starts from. */
interface Call {
  readonly command: 'train' | 'lora';
  readonly presets: Presets;
  /** The names of options that are no settings. */
  readonly own: readonly string[];
  /** The preset where none is given; default: that of the command. */
  readonly usual?: string | undefined;
  readonly base?: Base | null;
}

/**
 * Completes the settings of a call with those that the reviews were read with, and says how it wants them to be read.
 * @throws ImdbTorchError ERR_USAGE that names everything that is not as expected, or does not go together
 */
export async function settleCall(
  { loading }: LoadedDataset,
  options: object,
  { command, presets, own, usual, base = null }: Call,
): Promise<{ settings: SettledSettings; choice: DataChoice }> {
  const call = readCall(options, { command, presets, own, reads: false });
  const settled = settle({
    ...{ command, presets, base, config: {}, problems: call.problems },
    preset: call.preset ?? usual,
    given: settingsOn(loading, call.given),
    isImdb: await isImdbLoaded(loading),
  });
  const settings = { ...settled, fixed: Object.keys({ ...loading.given, ...call.given }) };
  const ownTokenizer = isOwnName(settings.tokenizer) ? (call.ownTokenizer ?? loading.ownTokenizer) : undefined;
  return { settings, choice: { ...dataChoice(settings), ownTokenizer } };
}
