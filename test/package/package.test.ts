import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { withTemporaryFolder } from '../helpers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installMilliseconds = 180_000;

// Building and training from the package is the work of scripts/check_package.mjs: it takes minutes.
test(
  'when the packed package is installed in an empty folder then its command runs there',
  () =>
    withTemporaryFolder(async (folder) => {
      const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
      const [{ filename }] = JSON.parse(
        execFileSync('npm', pack, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      ) as [{ filename: string }];
      await writeFile(join(folder, 'package.json'), '{ "private": true }');
      const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)];
      execFileSync('npm', install, { cwd: folder, stdio: 'ignore' });
      const env = { ...process.env, IMDB_TORCH_HOME: join(folder, 'home'), IMDB_TORCH_LIBTORCH: '' };
      const doctor = spawnSync('npx', ['imdb-torch', 'doctor', '--json'], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      expect(JSON.parse(doctor.stdout)).toMatchObject({ schema: 1, command: 'doctor', addon: null });
      // Nothing is built or fetched before something is asked for.
      expect(existsSync(join(folder, 'home'))).toBe(false);
    }),
  installMilliseconds,
);
