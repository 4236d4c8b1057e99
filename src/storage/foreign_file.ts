/** The number of bytes from the start of a file that tell what it is. */
export const headBytes = 64;

const convert =
  'load it with `torch.load(file, weights_only=True)` and write its tensors with `safetensors.torch.save_file`';

/** What files that are brought instead of tensors begin with, as Latin-1 in lower case, and what to do. */
const kinds: readonly (readonly [kind: string, ...starts: string[]])[] = [
  ['a Git LFS pointer, which stands for the file; fetch that with `git lfs pull`', 'version https://git-lfs'],
  ['compressed by gzip; unpack it with `gunzip`', '\x1f\x8b'],
  [`a zip file, as \`torch.save\` writes; ${convert}`, 'pk\x03\x04'],
  [`a Python pickle, as \`torch.save\` writes; ${convert}`, '\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'],
  ['compressed; unpack it', 'bzh', '\xfd7zxz', '\x28\xb5\x2f\xfd'],
  ['a web page, as a download that failed leaves; fetch the file itself', '<!doctype', '<html', '<?xml'],
  ['a JSON file; give that of the tensors', '{'],
];

/** Returns what a file that is no safetensors file is, by how it begins, and what to do; null where it is not known. */
export function foreignKind(head: Uint8Array): string | null {
  const start = Buffer.from(head).toString('latin1').trimStart().toLowerCase();
  return kinds.find(([, ...starts]) => starts.some((each) => start.startsWith(each)))?.[0] ?? null;
}
