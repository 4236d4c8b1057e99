import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** What standard input holds. */
  input?: string | Buffer;
  /** Called with the process as soon as it has written something that matches `when`. */
  onOutput?: { when: RegExp; then(child: ChildProcess): void };
}

/** Runs the built command line. Without IMDB_TORCH_DATA, whatever the caller's environment says. */
export function runCli(args: readonly string[], { cwd, env, input, onOutput }: CliOptions = {}): Promise<CliResult> {
  const inherited = { ...process.env, IMDB_TORCH_DATA: '', FORCE_COLOR: undefined };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited, ...env } });
    child.stdin.on('error', () => undefined).end(input);
    const result = { stdout: '', stderr: '' };
    let acted = false;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        result[name] += text;
        if (acted || onOutput?.when.test(result[name]) !== true) return;
        acted = true;
        onOutput.then(child);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...result });
    });
  });
}
