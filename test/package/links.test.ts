import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The paths of all files that npm would pack. */
function packedFiles(): string[] {
  const pack = ['pack', '--json', '--dry-run', '--ignore-scripts'];
  const packed = execFileSync('npm', pack, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

/** The relative links of a page, as paths from the root of the package. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[^]*?^```$/gm, '');
  return [...text.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .map((link) => normalize(join(dirname(page), link)));
}

test('when a page of the package links to a file or folder then that is in the package too', () => {
  const packed = packedFiles();
  const pages = packed.filter((path) => path.endsWith('.md'));
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/platforms.md']));
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !packed.some((path) => path === link || path.startsWith(`${link}/`)))
      .map((link) => `${page}: ${link}`),
  );
  expect(dead).toEqual([]);
});
