import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../src/cli/program.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const pages = ['README.md', ...docs.map((name) => `docs/${name}`)];
const linkedPages = [...pages, 'CONTRIBUTING.md', 'bench/RESULTS.md'];
const codeBlock = /^```(\w*)\n([^]*?)^```$/gm;

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function withoutCode(page: string): string {
  return page.replace(codeBlock, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()#]/g, '_'));
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(path: string): string[] {
  const headings = read(path)
    .replace(codeBlock, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );
}

/** Why a link of a page leads nowhere; null where it leads somewhere. */
function whyDead(page: string, link: string): string | null {
  if (/^https?:/.test(link)) return null;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return `${link}: there is no ${target}`;
  const hasAnchor = anchor === undefined || anchorsOf(target).includes(anchor);
  return hasAnchor ? null : `${link}: ${target} has no heading of this name`;
}

test.each(linkedPages)('when %s links to a file or a heading then it is there', (page) => {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  expect(links.map((link) => whyDead(page, link)).filter((why) => why !== null)).toEqual([]);
});

test('when there is a page of documentation then README links to it', () => {
  const readme = read('README.md');
  expect(docs.filter((name) => !readme.includes(`(docs/${name})`))).toEqual([]);
});

/** The command lines of a page's code blocks, without comments, redirections and what runs in the background. */
function commandLines(page: string, program: string): string[] {
  const blocks = [...read(page).matchAll(codeBlock)].filter(([, language]) => language === '');
  const lines = blocks.flatMap(([, , text = '']) => text.split('\n').map((line) => line.replace(/^\$ /, '')));
  return lines
    .filter((line) => line.startsWith(`${program} `))
    .map((line) => line.slice(program.length + 1).replace(/\s+(#|&|>).*$/, ''));
}

/** The words of a command line, without the quotes around them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three ?? '');
}

const documentedCommands = pages.flatMap((page) =>
  commandLines(page, 'npx imdb-torch').map((line): [string, string] => [page, line]),
);

let program: Command;
beforeAll(async () => {
  // One after the other: jest cannot load modules of two commands at the same time.
  for (const [, line] of documentedCommands) await createProgram(wordsOf(line).slice(0, 1));
  program = await createProgram();
});

/** Has the command that the words name read its options and arguments, without running it. */
function expectToParse(words: readonly string[]): void {
  let command = program;
  let rest = [...words];
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  expect(command).not.toBe(program);
  const { operands, unknown } = command.exitOverride().parseOptions(rest);
  expect(unknown).toEqual([]);
  const wanted = command.registeredArguments;
  expect(operands.length).toBeGreaterThanOrEqual(wanted.filter(({ required }) => required).length);
  if (!wanted.some(({ variadic }) => variadic)) expect(operands.length).toBeLessThanOrEqual(wanted.length);
}

test.each(documentedCommands)('when %s shows "imdb-torch %s" then the command takes it', (_page, line) => {
  expectToParse(wordsOf(line));
});

test('when a page shows a script of the package then there is one of this name', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const names = pages.flatMap((page) => commandLines(page, 'npm run').map((line) => wordsOf(line)[0] ?? ''));
  expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
});

/** All options of a command and of the commands in it. */
function optionsOf(command: Command): string[] {
  const own = command.options.map(({ long }) => long ?? '');
  return [...own, '--help', ...command.commands.flatMap(optionsOf)];
}

/** Of Node, of Docker and of bundlers. */
const optionsOfOthers = ['--experimental-vm-modules', '--external', '--from', '--memory', '--cpus'];

test.each(pages)('when %s names an option then a command has it', (page) => {
  const known = new Set([...optionsOf(program), ...optionsOfOthers]);
  const named = [...read(page).matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => option);
  expect(named.filter((option) => !known.has(option))).toEqual([]);
});

test.each(pages)('when %s shows a program then it is a file of the examples', (page) => {
  const examples = readdirSync(join(root, 'examples')).filter((name) => /\.m?[tj]s$/.test(name));
  const codes = examples.map((name) => read(`examples/${name}`));
  const shown = [...read(page).matchAll(codeBlock)].filter(([, language = '']) => /^[tj]s$/.test(language));
  expect(shown.map(([, , code = '']) => code).filter((code) => !codes.includes(code))).toEqual([]);
});
