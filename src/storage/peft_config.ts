import * as v from 'valibot';

/** The settings of a LoRA configuration of Hugging Face PEFT that decide the numbers, for the linear layers of a model. */
export interface PeftConfig {
  /** The modules with a branch. */
  targets: ReadonlyMap<string, { rank: number; alpha: number }>;
  useRslora: boolean;
  useDora: boolean;
  /** Whether a branch adds a bias of its own. */
  loraBias: boolean;
  dropout: number;
  /** Whose biases are trained: those of no layer, of all, or of the layers with a branch. */
  bias: 'none' | 'all' | 'lora_only';
  /** The modules that the adapter replaces as a whole. */
  modulesToSave: readonly string[];
  /** Whether W has given its principal part to the branch; see `LoraInitialization`. */
  pissa: boolean;
  /** Keys that are not known here and were ignored. */
  unknownKeys: readonly string[];
}

/** Keys that do not change the numbers of a trained adapter on linear layers. */
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
];

/** Keys that are not supported, unless they are null, false or empty. */
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
 * The values of `init_lora_weights` that are known: a trained adapter need not know its start where that has left W as
 * it was, and the change that `pissa` makes to W can be computed again.
 */
const knownStarts = [true, false, 'gaussian', 'eva', 'orthogonal', 'pissa'] as const;

const rank = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const number = v.pipe(v.number(), v.finite());
const texts = v.array(v.string());
const flag = field(v.boolean(), false, 'true or false');
const moduleNames = v.nullish(
  v.pipe(
    accepted(v.union([v.string(), texts]), 'a text or a list of texts'),
    v.check(
      (names) => typeof names !== 'string' || isAllLinear(names) || wholeMatch(names) !== null,
      ({ input }) => `is a regular expression that is not supported: ${String(input)}`,
    ),
  ),
  [],
);

/** The fields that say which modules have a branch, and of which size. */
const targetFields = v.object({
  peft_type: field(v.literal('LORA'), 'LORA', '"LORA"'),
  init_lora_weights: field(
    v.union(knownStarts.map((start) => v.literal(start))),
    true,
    `one of ${knownStarts.join(', ')}`,
  ),
  r: field(rank, 8, 'a whole number from 1'),
  lora_alpha: field(number, 8, 'a number'),
  rank_pattern: field(v.record(v.string(), rank), {}, 'an object of whole numbers from 1'),
  alpha_pattern: field(v.record(v.string(), number), {}, 'an object of numbers'),
  modules_to_save: field(texts, [], 'a list of texts'),
  exclude_modules: moduleNames,
  target_modules: moduleNames,
});

/** The fields that say what a branch computes, and those that it must not have. */
const branchFields = v.object({
  use_rslora: flag,
  use_dora: flag,
  lora_bias: flag,
  lora_dropout: field(v.pipe(number, v.minValue(0), v.ltValue(1)), 0, 'a number from 0, below 1'),
  bias: field(v.picklist(['none', 'all', 'lora_only']), 'none', 'none, all or lora_only'),
  ...v.entriesFromList(unsupportedKeys, v.optional(v.custom(isNothing, 'is not supported'))),
});

const knownKeys = new Set([...keysWithoutEffect, ...Object.keys({ ...targetFields.entries, ...branchFields.entries })]);

/**
 * Reads an `adapter_config.json` by the rules of PEFT 0.17 to 0.21 (peft/tuners/tuners_utils.py and
 * peft/tuners/lora/{config,model}.py).
 * @param modules paths of the model's linear layers
 * @returns the settings, or everything that is wrong with them
 */
export function readPeftConfig(
  fields: Readonly<Record<string, unknown>>,
  modules: readonly string[],
): PeftConfig | string[] {
  const target = parseFields(targetFields, fields);
  const branch = parseFields(branchFields, fields);
  const modulesToSave = modules.filter((module) => target.values.modules_to_save.some((name) => module.endsWith(name)));
  const targets = findTargets(target.values, modules, modulesToSave);
  const problems = [
    ...target.problems,
    // An adapter may have nothing but layers that it replaces.
    ...(targets.size === 0 && modulesToSave.length === 0
      ? [`"target_modules" names none of ${modules.join(', ')}`]
      : []),
    ...branch.problems,
  ];
  if (problems.length > 0) return problems;
  return {
    targets,
    useRslora: branch.values.use_rslora,
    useDora: branch.values.use_dora,
    loraBias: branch.values.lora_bias,
    dropout: branch.values.lora_dropout,
    bias: branch.values.bias,
    modulesToSave,
    pissa: target.values.init_lora_weights === 'pissa',
    unknownKeys: Object.keys(fields).filter((key) => !knownKeys.has(key)),
  };
}

/** Checks a value as a whole, so that whatever is wrong with it is said in one message. */
function accepted<Schema extends v.GenericSchema>(
  schema: Schema,
  expected: string,
): v.GenericSchema<v.InferOutput<Schema>> {
  return v.custom<v.InferOutput<Schema>>(
    (value) => v.is(schema, value),
    ({ input }) => `is ${JSON.stringify(input)}, expected ${expected}`,
  );
}

/** A field that is `usual` where it is missing or null. */
function field<Schema extends v.GenericSchema>(
  schema: Schema,
  usual: v.InferOutput<Schema>,
  expected: string,
): v.NullishSchema<v.GenericSchema<v.InferOutput<Schema>>, v.InferOutput<Schema>> {
  return v.nullish(accepted(schema, expected), usual);
}

/** Reads fields and says what is wrong with them; those with a problem get the value of missing ones. */
function parseFields<Entries extends v.ObjectEntries>(
  schema: v.ObjectSchema<Entries, undefined>,
  fields: Readonly<Record<string, unknown>>,
): { values: v.InferOutput<typeof schema>; problems: string[] } {
  const { issues = [] } = v.safeParse(schema, fields);
  const wrong = new Map(issues.map((issue) => [String(issue.path?.[0]?.key), issue.message]));
  const others = Object.entries(fields).filter(([key]) => !wrong.has(key));
  return {
    values: v.parse(schema, Object.fromEntries(others)),
    problems: Array.from(wrong, ([key, message]) => `"${key}" ${message}`),
  };
}

function findTargets(
  fields: v.InferOutput<typeof targetFields>,
  modules: readonly string[],
  saved: readonly string[],
): PeftConfig['targets'] {
  const { r, lora_alpha, rank_pattern, alpha_pattern, exclude_modules, target_modules } = fields;
  const left = [...findModules(exclude_modules, modules), ...saved];
  const targets = findModules(target_modules, modules).filter((module) => !left.includes(module));
  return new Map(
    targets.map((module) => [
      module,
      {
        rank: findPattern(rank_pattern, module) ?? r,
        alpha: findPattern(alpha_pattern, module) ?? lora_alpha,
      },
    ]),
  );
}

/** Those of `modules` that are named: by a regular expression, or a list of paths or of their ends. */
function findModules(names: string | readonly string[], modules: readonly string[]): string[] {
  if (typeof names !== 'string') {
    return modules.filter((module) => names.some((name) => `.${module}`.endsWith(`.${name}`)));
  }
  return modules.filter((module) => isAllLinear(names) || wholeMatch(names)?.test(module) === true);
}

function isAllLinear(names: string): boolean {
  return names.toLowerCase() === 'all-linear';
}

/** Returns a regular expression of Python's for whole texts, or null when JavaScript has no such expression. */
function wholeMatch(expression: string): RegExp | null {
  try {
    return new RegExp(`^(?:${expression.replaceAll('(?P<', '(?<')})$`);
  } catch {
    return null;
  }
}

/** Returns the value of the first pattern that matches a module's path or its end. */
function findPattern(patterns: Readonly<Record<string, number>>, module: string): number | undefined {
  const found = Object.keys(patterns).find((pattern) => wholeMatch(`(.*\\.)?(${pattern})`)?.test(module));
  return found === undefined ? undefined : patterns[found];
}

function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
