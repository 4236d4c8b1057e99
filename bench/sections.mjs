// @ts-check

/**
 * Returns `text` with `section` in place of the section of that heading, or behind the rest where there is none yet.
 * @param {string} text
 * @param {string} heading such as `## Quality`
 * @param {string} section with its heading
 */
export function replaceSection(text, heading, section) {
  const old = sectionOf(text, heading);
  return old === '' ? `${text.trimEnd()}\n\n${section}` : text.replace(old, () => section);
}

/**
 * Returns a section with its heading, up to the next one of the same level, or an empty text where there is none.
 * @param {string} text
 * @param {string} heading
 */
export function sectionOf(text, heading) {
  const start = text.indexOf(`${heading}\n`);
  if (start === -1) return '';
  const next = text.indexOf('\n## ', start + heading.length);
  return text.slice(start, next === -1 ? undefined : next + 1);
}
