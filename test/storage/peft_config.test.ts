import { expect, test } from '@jest/globals';
import { readPeftConfig, type PeftConfig } from '../../src/storage/peft_config.js';

const modules = ['fc1', 'fc2'];
const least = { peft_type: 'LORA', target_modules: ['fc1'] };

function read(fields: object, of = modules): PeftConfig {
  const config = readPeftConfig({ ...least, ...fields }, of);
  if (Array.isArray(config)) throw new Error(config.join('; '));
  return config;
}

function targetsOf(fields: object, of = modules): string[] {
  return [...read(fields, of).targets.keys()];
}

test('when a configuration says the least then the rest is what PEFT takes for it', () => {
  expect(read({})).toEqual({
    targets: new Map([['fc1', { rank: 8, alpha: 8 }]]),
    useRslora: false,
    useDora: false,
    loraBias: false,
    dropout: 0,
    bias: 'none',
    modulesToSave: [],
    pissa: false,
    unknownKeys: [],
  });
});

test.each<[string, object, string[]]>([
  ['a list', { target_modules: ['fc2'] }, ['fc2']],
  ['an expression', { target_modules: 'fc[13]' }, ['fc1']],
  ['an expression with a named group', { target_modules: String.raw`(?P<layer>fc)\d` }, ['fc1', 'fc2']],
  ['an expression that matches a part', { target_modules: 'f|fc|.*2' }, ['fc2']],
  ['all-linear', { target_modules: 'All-Linear' }, ['fc1', 'fc2']],
  ['exclusions', { target_modules: 'all-linear', exclude_modules: ['fc1'] }, ['fc2']],
  ['an excluding expression', { target_modules: 'all-linear', exclude_modules: '.*2' }, ['fc1']],
  ['modules to save', { target_modules: 'all-linear', modules_to_save: ['fc2'] }, ['fc1']],
])('when targets are given by %s then they are those of PEFT', (_, fields, expected) => {
  expect(targetsOf(fields)).toEqual(expected);
});

test('when layers lie deeper then lists and patterns name the ends of their paths', () => {
  const deep = ['net.fc1', 'net.xfc1', 'fc2'];
  expect(targetsOf({}, deep)).toEqual(['net.fc1']);
  expect(targetsOf({ target_modules: ['net.fc1', 'fc2'] }, deep)).toEqual(['net.fc1', 'fc2']);
  const { targets } = read(
    {
      target_modules: 'all-linear',
      r: 2,
      rank_pattern: { fc1: 3, 'net.*': 4 },
      alpha_pattern: { 'fc[12]': 5 },
    },
    deep,
  );
  expect(Object.fromEntries(targets)).toEqual({
    'net.fc1': { rank: 3, alpha: 5 },
    'net.xfc1': { rank: 4, alpha: 8 },
    fc2: { rank: 2, alpha: 5 },
  });
});

test('when keys are unknown then they are named, and keys of PEFT that do not matter are not', () => {
  const fields = { peft_version: '9.9', use_warp: true, megatron_core: 'megatron.core', eva_config: {} };
  expect(read(fields).unknownKeys).toEqual(['use_warp']);
});

test('when much is wrong then all of it is named', () => {
  const fields = {
    peft_type: 'LOHA',
    r: 0,
    lora_alpha: 'much',
    rank_pattern: { fc1: 1.5 },
    bias: 'some',
    use_dora: 1,
    init_lora_weights: 'olora',
    layers_to_transform: [1],
    trainable_token_indices: [],
    use_qalora: true,
    target_modules: '(fc',
  };
  expect(readPeftConfig(fields, modules)).toEqual([
    '"peft_type" is "LOHA", expected "LORA"',
    '"init_lora_weights" is "olora", expected one of true, false, gaussian, eva, orthogonal, pissa',
    '"r" is 0, expected a whole number from 1',
    '"lora_alpha" is "much", expected a number',
    '"rank_pattern" is {"fc1":1.5}, expected an object of whole numbers from 1',
    '"target_modules" is a regular expression that is not supported: (fc',
    '"target_modules" names none of fc1, fc2',
    '"use_dora" is 1, expected true or false',
    '"bias" is "some", expected none, all or lora_only',
    '"layers_to_transform" is not supported',
    '"use_qalora" is not supported',
  ]);
});
