/**
 * Writes docs/options.md from the options of the commands that train; with --check, only says whether it is what it
 * would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { prepare, root } from './project.mjs';

await prepare();
const { createProgram } = await import('../dist/cli/program.js');
const path = join(root, 'docs', 'options.md');
const commands = await Promise.all(['train', 'lora'].map(commandOf));
const page = await format(describe(commands), { ...(await resolveConfig(path)), parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(path, page);
else if (readFileSync(path, 'utf8') !== page) {
  console.error('docs/options.md is not what the options say: node scripts/options_page.mjs writes it.');
  process.exitCode = 1;
}

async function commandOf(name) {
  const program = await createProgram([name]);
  return program.commands.find((command) => command.name() === name);
}

function describe(commands) {
  const options = new Map(
    commands.flatMap(({ options }) => options.map((option) => [option.flags + option.description, option])),
  );
  const headings = new Set([...options.values()].map(headingOf));
  const sections = [...headings].map((heading) => {
    const group = [...options.values()].filter((option) => headingOf(option) === heading);
    return section(heading, group, commands);
  });
  return `# Options

The options of \`train\` and \`lora\`. What else stands on a command line is in [commands.md](commands.md), and what the
presets set is in [presets.md](presets.md). This page is made from the program: \`--help-all\` says the same.

${sections.join('\n')}`;
}

function headingOf({ helpGroupHeading = 'Options' }) {
  return helpGroupHeading.replace(/:$/, '');
}

function section(heading, group, commands) {
  const rows = group.map(({ flags, description }) => {
    const takers = commands.filter(({ options }) => options.some((option) => option.description === description));
    const only = takers.length === commands.length ? '' : ` (\`${takers[0].name()}\`)`;
    return `| ${code(flags)}${only} | ${description.replaceAll('|', '\\|').replaceAll('<UNK>', '`<UNK>`')} |`;
  });
  return `## ${heading[0].toUpperCase()}${heading.slice(1)}\n\n| option | means |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
