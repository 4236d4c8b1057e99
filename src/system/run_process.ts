import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

interface ProcessOptions {
  cwd?: string | undefined;
  /** The whole environment of the process, by default that of this process. */
  env?: NodeJS.ProcessEnv | undefined;
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** Called with each line of standard output and standard error as it comes. */
  onLine?: ((line: string) => void) | undefined;
}

interface ProcessResult {
  /** The exit code; null when the process was ended by a signal or by the time limit. */
  code: number | null;
  /** Standard output and standard error as they came. */
  output: string;
}

/**
 * Runs a program to its end, without a shell and without standard input. It and all that it starts end when the time
 * is up, `signal` aborts or this process exits.
 * @throws the system's error when the program cannot be started (code ENOENT: it is not there); the reason of `signal`
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  { cwd, env = process.env, signal, timeoutMs, onLine }: ProcessOptions = {},
): Promise<ProcessResult> {
  signal?.throwIfAborted();
  // A process group of its own, so that a compiler that a build tool has started is ended with it.
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines: string[] = [];
  const read = forEachLine(child, (line) => {
    lines.push(line);
    onLine?.(line);
  });
  const end = (): void => {
    endGroup(child);
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end);
  process.on('exit', end);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    await read;
    signal?.throwIfAborted();
    return { code, output: lines.join('\n') };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    process.off('exit', end);
  }
}

async function forEachLine(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  const reading = [child.stdout, child.stderr].map(async (stream) => {
    for await (const line of createInterface({ input: stream ?? new PassThrough().end() })) onLine(line);
  });
  await Promise.all(reading);
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
