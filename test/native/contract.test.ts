/** binding.d.ts, the loaded addon and the table of the misuse tests: each has what the others have. */
import { expect, test } from '@jest/globals';
import { native } from '../../src/binding.js';
import { readContract, type ClassContract, type Field, type Parameter } from './support/contract.js';
import { World, type Argument, type Objects } from './support/misuse.js';
import { classes, functions, methodsElsewhere, type Arguments, type ClassEntry } from './support/misuse_table.js';

const contract = readContract();
const place = 'test/native/support/misuse_table.ts';

/** The addon in the form of the contract, without what only types can tell. */
function exportsOfAddon(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(native).map(([name, value]) => {
      const isClass = 'dispose' in (value.prototype as object);
      return [name, isClass ? membersOf(value as unknown as NewableFunction) : typeof value];
    }),
  );
}

function membersOf(constructor: NewableFunction): Record<string, string[]> {
  const members = (owner: object, fits: (member: PropertyDescriptor) => boolean): string[] =>
    Reflect.ownKeys(owner)
      .filter((key) => key !== 'constructor' && fits(Object.getOwnPropertyDescriptor(owner, key) ?? {}))
      .map((key) => (key === Symbol.dispose ? '[Symbol.dispose]' : String(key)))
      .sort();
  const isFunction = ({ value }: PropertyDescriptor): boolean => typeof value === 'function';
  const prototype = constructor.prototype as object;
  return {
    statics: members(constructor, isFunction),
    methods: members(prototype, isFunction),
    getters: members(prototype, (member) => member.get !== undefined && member.set === undefined),
    setters: members(prototype, (member) => member.set !== undefined),
  };
}

function declaredMembers(declared: ClassContract): Record<string, string[]> {
  return {
    statics: Object.keys(declared.statics).sort(),
    methods: Object.keys(declared.methods).sort(),
    getters: declared.getters.toSorted(),
    setters: declared.setters.toSorted(),
  };
}

test('when the addon is walked then it has what binding.d.ts declares and nothing else', () => {
  const declared = [
    ...Object.entries(contract.classes).map(([name, one]) => [name, declaredMembers(one)]),
    ...Object.keys(contract.functions).map((name) => [name, 'function']),
  ];
  expect(exportsOfAddon()).toEqual(Object.fromEntries(declared));
});

/** What the table lacks, or has too much, as sentences. */
class Comparison {
  readonly problems: string[] = [];
  private readonly world = new World();

  names(what: string, declared: readonly string[], listed: readonly string[]): void {
    const lacking = declared.filter((name) => !listed.includes(name));
    const unknown = listed.filter((name) => !declared.includes(name));
    this.problems.push(
      ...lacking.map((name) => `${what}${name} has no entry; add one with valid arguments in ${place}`),
      ...unknown.map((name) => `${what}${name} is in ${place} but not in binding.d.ts`),
    );
  }

  call(what: string, declared: readonly Parameter[] | null | undefined, listed: Arguments | null | undefined): void {
    if (!declared || !listed) return;
    const given = listed(this.world);
    const written = (list: readonly { name: string; optional?: boolean }[]): string =>
      list.map(({ name, optional }) => (optional ? `${name}?` : name)).join(', ');
    if (written(declared) !== written(given)) {
      const both = `(${written(declared)}) in binding.d.ts but takes (${written(given)})`;
      this.problems.push(`${what} takes ${both} in ${place}`);
    }
    for (const [index, { name, fields }] of declared.entries()) {
      if (fields) this.fields(`${what}, ${name}`, fields, given[index]);
    }
  }

  private fields(what: string, declared: readonly Field[], listed: Argument | undefined): void {
    const fields = listed?.fields ?? [];
    this.names(`${what}.`, namesOf(declared), namesOf(fields));
  }
}

function namesOf(list: readonly { name: string }[]): string[] {
  return list.map(({ name }) => name);
}

function compareClass(comparison: Comparison, name: string, declared: ClassContract, entry: ClassEntry): void {
  const methods = Object.keys(declared.methods).filter((key) => key !== '[Symbol.dispose]');
  const elsewhere = methodsElsewhere[name as keyof Objects] ?? [];
  comparison.names(`${name}.`, Object.keys(declared.statics), Object.keys(entry.statics));
  comparison.names(`${name}.prototype.`, methods, [...Object.keys(entry.methods), ...elsewhere]);
  comparison.names(`${name}.prototype.`, declared.getters, entry.getters);
  comparison.names(`${name}.prototype.`, declared.setters, Object.keys(entry.setters));
  comparison.call(`new ${name}`, declared.construct, entry.construct);
  for (const key of Object.keys(entry.statics)) {
    comparison.call(`${name}.${key}`, declared.statics[key], entry.statics[key]);
  }
  for (const key of Object.keys(entry.methods)) {
    comparison.call(`${name}.prototype.${key}`, declared.methods[key], entry.methods[key]);
  }
}

test('when the table of misuse is compared with binding.d.ts then every member and argument has an entry', () => {
  const comparison = new Comparison();
  comparison.names('', Object.keys(contract.classes), Object.keys(classes));
  comparison.names('', Object.keys(contract.functions), Object.keys(functions));
  for (const [name, declared] of Object.entries(contract.classes)) {
    const entry = classes[name as keyof Objects] as ClassEntry | undefined;
    if (entry) compareClass(comparison, name, declared, entry);
  }
  for (const [name, declared] of Object.entries(contract.functions)) {
    comparison.call(name, declared, functions[name as keyof typeof functions]);
  }
  expect(comparison.problems).toEqual([]);
});
