import { formatCount } from '../report/format.js';

/** What a README says of a model. */
export interface DescribedModel {
  readonly name: string;
  readonly classes: readonly string[];
  readonly features: number;
  readonly kept: number;
  readonly precision: string;
  /** The name of the tokenizer, where it is one of a program's own. */
  readonly tokenizer: string | null;
}

const mostNamed = 10;

/** Describes the files of the export `web`. */
export function webReadme(model: DescribedModel): string {
  return `${start(model)}
\`\`\`js
import { load } from './classifier.js'; // types are in classifier.d.ts
const url = new URL('model.bin', import.meta.url);
const model = await load(${source(model, 'url')}); // in Node, which fetches no files, these two lines in its place:
// import { readFile } from 'node:fs/promises';
// const model = await load(${source(model, 'await readFile(url)')});
model.predict('Not bad at all.'); // { label, probability, probabilities: { [label]: number } }
model.explain('Not bad at all.').words; // [{ word, spans: [{ start, end }], effects: { [label]: number } }]
\`\`\`

\`index.html\` uses it in a worker; it works on a web server, \`npx imdb-torch export --to html\` makes one that needs none.
`;
}

/** Describes the files of the export `onnx`. */
export function onnxReadme(model: DescribedModel): string {
  return `${start(model)}
\`model.onnx\` has the layers: from \`ids\`, \`offsets\` and, where it asks for them, \`counts\` to probabilities. From a text to ids:

\`\`\`js
import { readFile } from 'node:fs/promises'; // a browser loads new URL('model.bin', import.meta.url)
import { load } from './classifier.js';
const { encode } = await load(${source(model, "await readFile(new URL('model.bin', import.meta.url))")});
const { ids, counts } = encode('Not bad at all.');
const feeds = { ids: BigInt64Array.from(ids, BigInt), offsets: BigInt64Array.of(0n, BigInt(ids.length)) }; // as int64 tensors
\`\`\`
`;
}

function start({ name, classes, features, kept, precision }: DescribedModel): string {
  const named = classes.slice(0, mostNamed).map((label) => JSON.stringify(label));
  const more = classes.length > mostNamed ? ` and ${classes.length - mostNamed} more` : '';
  const share = kept < features ? ` of ${formatCount(features)}` : '';
  return `# ${name.replace(/\s+/g, ' ')}, a text classifier by imdb-torch

It tells ${named.join(', ')}${more} apart by ${formatCount(kept)}${share} words and phrases, kept as ${precision}.
`;
}

function source({ tokenizer }: DescribedModel, model: string): string {
  return tokenizer === null ? model : `${model}, { tokenizer: ${tokenizer} }`;
}
