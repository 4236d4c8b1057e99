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

const cmakeLists = `cmake_minimum_required(VERSION 3.18)
project(toy LANGUAGES CXX)
add_library(imdb_torch SHARED native/addon.cpp)
set_target_properties(imdb_torch PROPERTIES PREFIX "" SUFFIX ".node")
target_include_directories(imdb_torch PRIVATE \${CMAKE_JS_INC})
target_compile_definitions(imdb_torch PRIVATE NAPI_VERSION=8 "LIBTORCH=\\"\${LIBTORCH}\\"")
`;

/** An addon that exports the folder of libtorch that it was built against, and a number. */
export function toySource(number: number): string {
  return `#include <node_api.h>
NAPI_MODULE_INIT() {
  napi_value libtorch, number;
  napi_create_string_utf8(env, LIBTORCH, NAPI_AUTO_LENGTH, &libtorch);
  napi_create_int32(env, ${number}, &number);
  napi_set_named_property(env, exports, "libtorch", libtorch);
  napi_set_named_property(env, exports, "number", number);
  return exports;
}
`;
}

/** A package with an addon that compiles in a second. */
export async function writeToyPackage(root: string): Promise<void> {
  await writeTree(root, {
    'package.json': JSON.stringify({ name: 'toy', version: '1.0.0', binary: { napi_versions: [8] } }),
    'CMakeLists.txt': cmakeLists,
    'native/addon.cpp': toySource(1),
  });
}
