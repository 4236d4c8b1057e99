import { systemCode } from '../system/file_errors.js';
import { runProcess } from '../system/run_process.js';
import { compareVersions } from './versions.js';

/** A program of this machine; `version` is null when it is not there, or there but does not run. */
interface Tool {
  name: string;
  version: string | null;
}

const minimumCMake = '3.18';
const probeMilliseconds = 10_000;

/** Asks a program for its version. */
export async function probe(name: string, args: readonly string[] = ['--version']): Promise<Tool> {
  try {
    const { code, output } = await runProcess(name, args, { timeoutMs: probeMilliseconds });
    const first = output.split('\n')[0] ?? '';
    return { name, version: code === 0 ? (/\d+(?:\.\d+)+/.exec(first)?.[0] ?? first) : null };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return { name, version: null };
  }
}

/** Finds the C++ compiler that CMake would take: `CXX` where that is set. */
export async function probeCompiler(): Promise<Tool> {
  const names = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const tools = await Promise.all(names.map((name) => probe(name)));
  return tools.find((tool) => tool.version !== null) ?? tools[0] ?? { name: 'c++', version: null };
}

export function isCMakeNewEnough(version: string): boolean {
  return compareVersions(version, minimumCMake) >= 0;
}

/** The command that installs the tools of a build. */
export function installCommand(): string {
  return process.platform === 'darwin'
    ? 'xcode-select --install && brew install cmake'
    : 'apt-get install g++ cmake ninja-build (or the like of your system)';
}

/** Says in half a sentence which of a compiler and CMake are missing; null when both are there. */
export async function missingBuildTools(): Promise<string | null> {
  const [compiler, cmake] = await Promise.all([probeCompiler(), probe('cmake')]);
  const missing: string[] = [];
  if (compiler.version === null) missing.push('a C++20 compiler');
  if (cmake.version === null) missing.push('CMake');
  else if (!isCMakeNewEnough(cmake.version)) missing.push(`CMake ${minimumCMake} (found ${cmake.version})`);
  return missing.length === 0 ? null : missing.join(' and ');
}
