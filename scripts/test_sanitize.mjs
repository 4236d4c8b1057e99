/**
 * `npm run test:sanitize`: builds the addon with AddressSanitizer and UndefinedBehaviorSanitizer, sees that a planted
 * out-of-bounds read is reported, then runs the tests of the addon and a search for leaks, which must report nothing.
 * It needs Linux with GCC. Arguments go to jest.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest, prepare, root, run } from './project.mjs';
import { buildSanitizedAddons } from './sanitized_addon.mjs';

// Resident memory under the sanitizers says nothing.
const tests = ['test/native', 'test/leaks', '--testPathIgnorePatterns', 'memory.test', 'rounds.test'];
/** Tests take several times as long under the sanitizers. */
const patience = '--testTimeout=300000';

if (process.platform !== 'linux') fail('Expected Linux, where the sanitizers can be loaded before Node', 3);
await prepare();
const addons = await buildSanitizedAddons();
const library = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
const folder = mkdtempSync(join(tmpdir(), 'imdb-torch-sanitize-'));
process.once('exit', () => rmSync(folder, { recursive: true }));

const planted = reportsOf(addons.planted, { detect_leaks: 0 });
if (!planted.includes('heap-buffer-overflow') || !planted.includes('sumRowsTile'))
  fail(`Expected a report of the planted read but the sanitizers say: ${planted || 'nothing'}`, 1);
console.error('The planted out-of-bounds read is reported.');

const leaks = reportsOf(addons.clean, { detect_leaks: 1 });
if (leaks.includes('LeakSanitizer has encountered a fatal error'))
  console.error('Leaks cannot be searched for here, as in a container that forbids ptrace.');
// Node and libtorch may keep some memory for good; a leak is ours where the addon is on its stack.
const isOurs = (leak) => leak.includes(join(addons.copy, 'native')) || leak.includes('imdb_torch.node');
const ours = leaks.split('\n\n').filter((leak) => leak.includes('leak of') && isOurs(leak));
if (ours.length > 0) fail(`Expected no leak but found these:\n${ours.join('\n\n')}`, 1);
console.error('No leak is found.');

const given = process.argv.slice(2);
const code = await run(process.execPath, [...jest, patience, ...(given.length > 0 ? given : tests)], {
  env: sanitized({ detect_leaks: 0 }),
});
const reports = readReports();
if (reports !== '') fail(`Expected no report of the sanitizers but received:\n${reports}`, 1);
console.error('The sanitizers report nothing else.');
process.exitCode = code;

/** Returns what the sanitizers say of a program that uses everything. */
function reportsOf(addon, options) {
  const program = ['--expose-gc', join(root, 'test', 'leaks', 'support', 'rounds.cjs'), addon, '20', 'collect'];
  const { stderr } = spawnSync(process.execPath, program, {
    env: sanitized(options),
    encoding: 'utf8',
  });
  return stderr + readReports();
}

/** Returns an environment in which Node loads the sanitizers first and they write to files in `folder`. */
function sanitized(options) {
  const all = {
    ...options,
    log_path: join(folder, 'report'),
    // Tests ask for more than there is, on purpose.
    allocator_may_return_null: 1,
    // This much freed memory is kept, so that a use of it is seen.
    quarantine_size_mb: 16,
  };
  const text = Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join(':');
  return { ...process.env, LD_PRELOAD: library, ASAN_OPTIONS: text, UBSAN_OPTIONS: 'print_stacktrace=1' };
}

/** Returns all reports since the last call; notes on refused allocations do not count. */
function readReports() {
  const texts = readdirSync(folder).map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    rmSync(join(folder, name));
    return text;
  });
  return texts.filter((text) => /ERROR: |runtime error: /.test(text)).join('\n');
}

function fail(message, code) {
  console.error(message);
  process.exit(code);
}
