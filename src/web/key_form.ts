import { byId } from './dom.js';
import { useKey } from './service.js';

/** Asks the user for the key of the service. More than one question may wait for it. */
export function askForKey(): Promise<void> {
  const form = byId('key-form');
  const input = byId('key') as HTMLInputElement;
  // A link cannot have the key.
  byId('figures').hidden = true;
  form.hidden = false;
  input.focus();
  return new Promise((resolve) => {
    const submit = (event: Event): void => {
      event.preventDefault();
      useKey(input.value.trim());
      form.hidden = true;
      resolve();
    };
    form.addEventListener('submit', submit, { once: true });
  });
}
