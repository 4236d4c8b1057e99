/** Returns the element with this id, which index.html has. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found;
}

interface ElementOptions {
  class?: string;
  /** The text is put in as text, never as HTML. */
  text?: string;
  attributes?: Readonly<Record<string, string>>;
  /** The style sheet reads these custom properties, since the policy of the page forbids style attributes. */
  properties?: Readonly<Record<`--${string}`, number>>;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { class: className = '', text = '', attributes = {}, properties = {} }: ElementOptions = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  for (const [property, value] of Object.entries(properties)) made.style.setProperty(property, String(value));
  made.append(...(text === '' ? [] : [text]), ...children);
  return made;
}
