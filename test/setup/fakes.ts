import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files, making the folders they are in. */
export async function writeTree(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** A folder that looks like libtorch, with further files. */
export async function writeLibtorch(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  await writeTree(folder, { 'include/ATen/ATen.h': '', 'lib/libtorch_cpu.so': '', ...files });
  return folder;
}

/** Puts a program made of a shell script into a folder for PATH. */
export async function writeProgram(folder: string, name: string, script: string): Promise<void> {
  await writeTree(folder, { [name]: `#!/bin/sh\n${script}\n` });
  await chmod(join(folder, name), 0o755);
}
