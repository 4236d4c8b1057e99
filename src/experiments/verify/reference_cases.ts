import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImdbTorchError, messageOf } from '../../errors.js';
import type { Dtype } from '../../model/native.js';
import { packageFile } from '../../setup/package_root.js';
import { readSafetensors } from '../../storage/safetensors.js';
import type { StoredTensor } from '../../storage/stored_tensor.js';

/** The facts of every case in the index; each group adds facts of its own. */
interface CaseFacts {
  group: string;
  name: string;
  dtype: Dtype;
}

/** A case that PyTorch has computed: what was given, and what came out, as tensors with a role each. */
export class ReferenceCase<Facts = unknown> {
  readonly #unread: Set<string>;

  constructor(
    readonly facts: CaseFacts & Facts,
    private readonly tensors: ReadonlyMap<string, StoredTensor>,
  ) {
    this.#unread = new Set(tensors.keys());
  }

  /** The roles of the tensors that nobody has asked for yet. */
  get unread(): string[] {
    return [...this.#unread];
  }

  /** @throws ImdbTorchError ERR_SAFETENSORS when the case has no such tensor */
  get(role: string): StoredTensor {
    this.#unread.delete(role);
    const tensor = this.tensors.get(role);
    if (tensor !== undefined) return tensor;
    throw new ImdbTorchError(
      'ERR_SAFETENSORS',
      `Expected the reference case ${this.facts.name} to have a tensor ${role} but it has none.`,
    );
  }

  has(role: string): boolean {
    return this.tensors.has(role);
  }

  /** Counts the tensors of these roles as asked for: they are of what an engine does not do. */
  leaveOut(roles: RegExp): void {
    for (const role of this.#unread) if (roles.test(role)) this.#unread.delete(role);
  }

  /** The same case, none of whose tensors was asked for yet. */
  unopened(): ReferenceCase<Facts> {
    return new ReferenceCase(this.facts, this.tensors);
  }
}

export interface ReferenceSet {
  /** The version of torch that computed the cases. */
  torch: string;
  /** The seed of fresh cases; null for the committed ones. */
  seed: number | null;
  cases: ReferenceCase[];
}

/**
 * Returns the folder of the cases that come with the package.
 * @throws ImdbTorchError ERR_PACKAGE when it is not there
 */
export function committedCases(): string {
  return packageFile('test/fixtures/reference');
}

/**
 * Reads the cases that `scripts/make_reference.py` has written to `folder`.
 * @throws ImdbTorchError ERR_SAFETENSORS when a file is missing or broken
 */
export async function readReferenceSet(folder: string): Promise<ReferenceSet> {
  const { torch, seed, cases } = await readIndex(join(folder, 'index.json'));
  const groups = new Map<string, Map<string, Map<string, StoredTensor>>>();
  for (const group of new Set(cases.map((facts) => facts.group))) {
    const { tensors } = await readSafetensors(join(folder, `${group}.safetensors`));
    groups.set(group, tensorsByCase(tensors));
  }
  const read = (facts: CaseFacts): ReferenceCase =>
    new ReferenceCase(facts, groups.get(facts.group)?.get(facts.name) ?? new Map());
  return { torch, seed, cases: cases.map(read) };
}

async function readIndex(path: string): Promise<{ torch: string; seed: number | null; cases: CaseFacts[] }> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Awaited<ReturnType<typeof readIndex>>;
  } catch (error) {
    throw new ImdbTorchError('ERR_SAFETENSORS', `Cannot read the reference cases ${path}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** Returns the tensors of each case by role; their names in the file are `<case>/<role>`. */
function tensorsByCase(tensors: ReadonlyMap<string, StoredTensor>): Map<string, Map<string, StoredTensor>> {
  const cases = new Map<string, Map<string, StoredTensor>>();
  for (const [name, tensor] of tensors) {
    const slash = name.lastIndexOf('/');
    const own = cases.get(name.slice(0, slash)) ?? new Map<string, StoredTensor>();
    cases.set(name.slice(0, slash), own.set(name.slice(slash + 1), tensor));
  }
  return cases;
}
