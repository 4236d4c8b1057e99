/** What of a LoRA configuration of Hugging Face PEFT decides the numbers, for the linear layers of one model. */
export interface PeftConfig {
  /** The modules with a branch. */
  targets: ReadonlyMap<string, { rank: number; alpha: number }>;
  useRslora: boolean;
  useDora: boolean;
  /** Whether a branch adds a bias of its own. */
  loraBias: boolean;
  dropout: number;
  /** Whose biases are trained: of no layer, of all, of those with a branch. */
  bias: BiasKind;
  /** The modules that the adapter replaces as a whole. */
  modulesToSave: readonly string[];
  /** Whether W has given its principal part to the branch; see `LoraInitialization`. */
  pissa: boolean;
  /** Keys that are not known here and were left out of account. */
  unknownKeys: readonly string[];
}

type BiasKind = 'none' | 'all' | 'lora_only';
type Fields = Readonly<Record<string, unknown>>;

/** These decide nothing about the numbers of a trained adapter on linear layers. */
const keysWithoutEffect = [
  'auto_mapping',
  'base_model_name_or_path',
  'corda_config',
  'ensure_weight_tying',
  'eva_config',
  'fan_in_fan_out',
  'inference_mode',
  'layers_pattern',
  'loftq_config',
  'lora_ga_config',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
  'task_type',
] as const;

/** Not supported, unless they are null, false or empty. */
const unsupportedKeys = [
  'alora_invocation_tokens',
  'arrow_config',
  'kasa_config',
  'layer_replication',
  'layers_to_transform',
  'megatron_config',
  'monteclora_config',
  'target_parameters',
  'trainable_token_indices',
  'use_bdlora',
  'use_qalora',
  'velora_config',
] as const;

/**
 * Reads an `adapter_config.json` by the rules of PEFT 0.17 to 0.21 (peft/tuners/tuners_utils.py and
 * peft/tuners/lora/{config,model}.py).
 * @param modules paths of the model's linear layers
 * @returns or everything that is wrong with it
 */
export function readPeftConfig(fields: Fields, modules: readonly string[]): PeftConfig | string[] {
  const reader = new FieldReader(fields);
  reader.read('peft_type', 'LORA', isOneOf('LORA'), '"LORA"');
  const start = reader.read('init_lora_weights', true, isKnownStart, `one of ${knownStarts.join(', ')}`);
  const config: PeftConfig = {
    targets: readTargets(reader, modules),
    useRslora: reader.read('use_rslora', false, isBoolean, 'true or false'),
    useDora: reader.read('use_dora', false, isBoolean, 'true or false'),
    loraBias: reader.read('lora_bias', false, isBoolean, 'true or false'),
    dropout: reader.read('lora_dropout', 0, isProbability, 'a number from 0, below 1'),
    bias: reader.read<BiasKind>(
      'bias',
      'none',
      isOneOf('none', 'all', 'lora_only'),
      'none, all or lora_only',
    ),
    modulesToSave: readModulesToSave(reader, modules),
    pissa: start === 'pissa',
    unknownKeys: reader.unknownKeys,
  };
  for (const key of unsupportedKeys) {
    if (!isNothing(fields[key])) reader.problems.push(`"${key}" is not supported`);
  }
  return reader.problems.length === 0 ? config : reader.problems;
}

function readTargets(reader: FieldReader, modules: readonly string[]): PeftConfig['targets'] {
  const rank = reader.read('r', 8, isRank, 'a whole number from 1');
  const alpha = reader.read('lora_alpha', 8, isFiniteNumber, 'a number');
  const ranks = reader.read('rank_pattern', {}, isRecordOf(isRank), 'an object of whole numbers from 1');
  const alphas = reader.read('alpha_pattern', {}, isRecordOf(isFiniteNumber), 'an object of numbers');
  const saved = readModulesToSave(reader, modules);
  const excluded = reader.readNames('exclude_modules', modules);
  const names = reader.readNames('target_modules', modules);
  const targets = names.filter((module) => !excluded.includes(module) && !saved.includes(module));
  if (targets.length === 0) reader.problems.push(`"target_modules" names none of ${modules.join(', ')}`);
  return new Map(
    targets.map((module) => [
      module,
      { rank: findPattern(ranks, module) ?? rank, alpha: findPattern(alphas, module) ?? alpha },
    ]),
  );
}

function readModulesToSave(reader: FieldReader, modules: readonly string[]): string[] {
  const names = reader.read('modules_to_save', [], isTexts, 'a list of texts');
  return modules.filter((module) => names.some((name) => module.endsWith(name)));
}

/** Takes fields of a JSON object one by one and collects what is wrong with them. */
class FieldReader {
  readonly problems: string[] = [];
  readonly #known = new Set<string>([...keysWithoutEffect, ...unsupportedKeys]);

  constructor(private readonly fields: Fields) {}

  /** Those that nobody has read. */
  get unknownKeys(): string[] {
    return Object.keys(this.fields).filter((key) => !this.#known.has(key));
  }

  /** The value of `key`, or `usual` where it is missing, null or none that `accepts` takes. */
  read<T>(key: string, usual: T, accepts: (value: unknown) => value is T, expected: string): T {
    this.#known.add(key);
    const value = this.fields[key] ?? usual;
    if (accepts(value)) return value;
    this.#report(`"${key}" is ${JSON.stringify(value)}, expected ${expected}`);
    return usual;
  }

  /** Those of `modules` that `key` names: by a regular expression, or a list of paths or of their ends. */
  readNames(key: string, modules: readonly string[]): string[] {
    const names = this.read<string | string[]>(key, [], isTextOrTexts, 'a text or a list of texts');
    if (typeof names !== 'string') {
      return modules.filter((module) => names.some((name) => `.${module}`.endsWith(`.${name}`)));
    }
    if (names.toLowerCase() === 'all-linear') return [...modules];
    const expression = wholeMatch(names);
    if (expression === null) this.#report(`"${key}" is a regular expression that is not supported: ${names}`);
    return modules.filter((module) => expression?.test(module) === true);
  }

  #report(problem: string): void {
    if (!this.problems.includes(problem)) this.problems.push(problem);
  }
}

/** A regular expression of Python's for a whole text; null when it is none, or of a kind that JavaScript lacks. */
function wholeMatch(expression: string): RegExp | null {
  try {
    return new RegExp(`^(?:${expression.replaceAll('(?P<', '(?<')})$`);
  } catch {
    return null;
  }
}

/** The value of the first pattern that matches a module's path or its end. */
function findPattern(patterns: Readonly<Record<string, number>>, module: string): number | undefined {
  const found = Object.keys(patterns).find((pattern) => wholeMatch(`(.*\\.)?(${pattern})`)?.test(module));
  return found === undefined ? undefined : patterns[found];
}

/**
 * Starts that a trained adapter does not need to know, as they have left W as it was; and `pissa`, whose change of W
 * can be computed again.
 */
const knownStarts = [true, false, 'gaussian', 'eva', 'orthogonal', 'pissa'] as const;

function isKnownStart(value: unknown): value is (typeof knownStarts)[number] {
  return (knownStarts as readonly unknown[]).includes(value);
}

function isOneOf<T extends string>(...choices: T[]): (value: unknown) => value is T {
  return (value): value is T => (choices as unknown[]).includes(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isRank(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isProbability(value: unknown): value is number {
  return isFiniteNumber(value) && value >= 0 && value < 1;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function isTextOrTexts(value: unknown): value is string | string[] {
  return typeof value === 'string' || isTexts(value);
}

function isRecordOf(
  accepts: (value: unknown) => value is number,
): (value: unknown) => value is Record<string, number> {
  return (value): value is Record<string, number> =>
    typeof value === 'object' && value !== null && Object.values(value).every(accepts);
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
