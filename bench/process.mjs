// @ts-check
import { spawnSync } from 'node:child_process';

/**
 * Runs a command to its end and returns its output, wall-clock seconds and peak resident memory. Node cannot ask for
 * a child's peak memory, so a few lines of Python start the command and measure both.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {{ output: string, seconds: number, peakMegabytes: number }}
 */
export function measureProcess(command, args, options = {}) {
  const child = spawnSync('python3', ['-c', wrapper, command, ...args], {
    ...options,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (child.error !== undefined) throw child.error;
  if (child.status !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with code ${child.status}:\n${child.stderr}`);
  }
  const [seconds = NaN, peakKilobytes = NaN] = (child.output[3] ?? '').split(' ').map(Number);
  return { output: child.stdout, seconds, peakMegabytes: peakKilobytes / 1024 };
}

const wrapper = `
import os, resource, subprocess, sys, time
started = time.monotonic()
code = subprocess.run(sys.argv[1:], close_fds=True).returncode
seconds = time.monotonic() - started
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
os.write(3, f"{seconds} {peak // 1024 if sys.platform == 'darwin' else peak}".encode())
sys.exit(code)
`;

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}
