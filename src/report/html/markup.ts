/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | null | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// eslint-disable-next-line no-control-regex -- HTML does not allow these characters, not even escaped
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/gu;

/** A template of HTML: what is put in is escaped unless it is `Markup`; of null nothing is shown. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = withoutIndent(strings).map((text, index) => text + render(contents[index] ?? null));
  return new Markup(parts.join(''));
}

/** The texts of templates seen so far, without the indentation that is no matter of the page. */
const templates = new WeakMap<TemplateStringsArray, readonly string[]>();

function withoutIndent(strings: TemplateStringsArray): readonly string[] {
  const known = templates.get(strings) ?? strings.map((text) => text.replace(/\n\s+/g, '\n'));
  templates.set(strings, known);
  return known;
}

function render(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(render).join('');
  return escape(String(content));
}

function escape(text: string): string {
  return text.replace(unprintable, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
