/** The page of an exported model: it has the model, or loads it, and asks nobody. */
import type { PageFacts } from '../../export/page/page_facts.js';
import { compare } from '../compared_answers.js';
import { byId } from '../dom.js';
import { offerExamples } from '../examples.js';
import { Latest } from '../latest.js';
import { ResultView, colouredCharacters, whyNoWords } from '../result_view.js';
import type { Opening } from './answers.js';
import { openAskedModel, type AskedModel } from './asked_model.js';

/** Letters that come faster than this are answered together. */
const typingMilliseconds = 30;
/** The page shows that it waits for an answer that takes longer. */
const slowMilliseconds = 300;

const input = byId('text') as HTMLTextAreaElement;
const result = new ResultView();
const latest = new Latest();

void start().catch((error: unknown) => {
  result.say(error instanceof Error ? error.message : String(error), 'trouble');
});

async function start(): Promise<void> {
  const { hasExamples } = JSON.parse(textOf('facts')) as PageFacts;
  result.say('Opening the model …');
  const model = await openAskedModel(textOf('worker'), whatToOpen());
  result.say('');
  const ask = (milliseconds: number): void => {
    latest.start(milliseconds, (signal) => answer(model, signal));
  };
  if (hasExamples) {
    offerExamples((text) => {
      input.value = text;
      ask(0);
    });
  }
  input.addEventListener('input', () => {
    ask(typingMilliseconds);
  });
  ask(0);
}

/** Says where the model is: in the page, or beside it. */
function whatToOpen(): Opening {
  const base64 = document.getElementById('model')?.textContent;
  if (base64 === undefined) {
    if (location.protocol === 'file:')
      throw new Error(
        'This page loads its model and works on a web server only: put its folder on one, or export with --to html, which needs none.',
      );
    const beside = (name: string): string => new URL(name, location.href).href;
    return { classifier: beside('classifier.js'), model: { url: beside('model.bin') } };
  }
  if (!('DecompressionStream' in globalThis))
    throw new Error(
      'This browser cannot unpack the model: open the page in Chrome or Edge 110, Firefox 115, Safari 16.4 or a later one.',
    );
  return { classifier: null, model: { base64 } };
}

/** Asks about the text in the field, and shows the answer unless something else is asked meanwhile. */
async function answer(model: AskedModel, signal: AbortSignal): Promise<void> {
  const text = input.value;
  const slow = setTimeout(() => {
    if (!signal.aborted) result.isBusy = true;
  }, slowMilliseconds);
  try {
    const isExplained = text.length <= colouredCharacters;
    const asked = text.trim() === '' ? null : await model.ask({ text, isExplained }, signal);
    if (signal.aborted) return;
    const { classes } = model;
    result.show(asked && compare(text, [{ adapter: 'off', classes, ...asked }]));
    result.say(asked?.words.length === 0 ? whyNoWords(isExplained, colouredCharacters) : '');
  } catch (error) {
    if (!signal.aborted) result.say(error instanceof Error ? error.message : String(error), 'trouble');
  } finally {
    clearTimeout(slow);
    if (!signal.aborted) result.isBusy = false;
  }
}

function textOf(id: string): string {
  return byId(id).textContent;
}
