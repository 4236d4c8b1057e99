import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, Markup } from '../../report/html/markup.js';
import { bundledFile } from '../bundled_files.js';
import type { PageFacts } from './page_facts.js';

export interface ExportedPage {
  /** The name of the model. */
  readonly name: string;
  /** What is said of it in a line. */
  readonly about: string;
  readonly facts: PageFacts;
  /** The model file, compressed with gzip, that is put into the page; null: it lies beside the page, as `classifier.js` does. */
  readonly model: Uint8Array | null;
}

/** How each page begins. */
export const pageStart = '<!doctype html>\n<!-- made by imdb-torch export -->';

/**
 * Draws the page that asks an exported model. Its policy lets it run its own script alone, and connect to nothing, or to where
 * it came from where the model lies beside it.
 */
export function drawExportedPage({ name, about, facts, model }: ExportedPage): string {
  const isWhole = model !== null;
  const style = bundled('page.css');
  const script = bundled('page.js');
  const worker = bundled(isWhole ? 'worker_with_classifier.js' : 'worker.js');
  const beside = isWhole ? '' : " 'self'";
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}${beside}`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    'img-src data:',
    `connect-src ${isWhole ? "'none'" : "'self'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`${new Markup(pageStart)}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${name} · imdb-torch</title>
        <link rel="icon" href="data:image/svg+xml;base64,${iconInBase64()}" />
        ${raw('style', style)}
      </head>
      <body>
        ${bodyOf(name, about)} ${dataBlock('facts', 'application/json', JSON.stringify(facts))}
        ${dataBlock('worker', 'text/plain', worker)}
        ${model === null ? null : dataBlock('model', 'text/plain', Buffer.from(model).toString('base64'))}
        ${raw('script', script)}
      </body>
    </html> `.toString();
}

/** What is seen; the names of its elements are those of the page of a service, whose code and style it shares. */
function bodyOf(name: string, about: string): Markup {
  return html`<header>
      <h1>${name}</h1>
      <p>${about}</p>
    </header>
    <main>
      <label for="text">A text, typed or pasted</label>
      <textarea id="text" rows="6" autocomplete="off" spellcheck="false"></textarea>
      <div class="controls"><div id="examples" role="group" aria-label="Examples"></div></div>
      <p id="status" role="status"></p>
      <section id="result" aria-label="Prediction" hidden></section>
      <noscript><p>This page needs JavaScript, with which it asks the model.</p></noscript>
    </main>
    <footer>
      <p>
        The model answers in this page: nothing that is typed here leaves it. A word's effect is exact: the model is
        asked again without the word, and the difference of the log-odds is taken. Effects need not add up, since words
        can act together.
      </p>
    </footer>`;
}

/** A block that no browser runs. */
function dataBlock(id: string, type: string, text: string): Markup {
  return raw('script', text, ` type="${type}" id="${id}"`);
}

/** @param text has no end of the element in it, and stays as it is, since the policy has the hash of it */
function raw(name: string, text: string, attributes = ''): Markup {
  return new Markup(`<${name}${attributes}>${text}</${name}>`);
}

function bundled(name: string): string {
  return readFileSync(bundledFile(name), 'utf8');
}

function iconInBase64(): string {
  return readFileSync(bundledFile('icon.svg')).toString('base64');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
