import type { AdapterName, ModelAnswer } from '../serve/documents.js';
import { compare, type AnswerWith, type ComparedAnswers } from './compared_answers.js';
import { byId, element } from './dom.js';
import { offerExamples } from './examples.js';
import { Latest, pause } from './latest.js';
import { formatCount, formatShare } from './numbers.js';
import { askForKey } from './key_form.js';
import { ResultView, colouredCharacters, whyNoWords } from './result_view.js';
import { KeyNeeded, ServiceAway, askModels, explain, isThere, predict } from './service.js';

/** This pause is long enough for the next letter to come, and too short to be noticed. */
const typingMilliseconds = 150;
/** The page shows that it waits for an answer that takes longer. */
const slowMilliseconds = 400;
const retryMilliseconds = 1000;

const input = byId('text') as HTMLTextAreaElement;
const switchInput = byId('compare') as HTMLInputElement;
const result = new ResultView();
const latest = new Latest();

await start();

async function start(): Promise<void> {
  const { models } = await untilThere(askModels);
  let [model] = models;
  if (model === undefined) return;
  describeModel(model);
  const ask = (milliseconds: number): void => {
    const asked = model;
    if (asked !== undefined) latest.start(milliseconds, (signal) => answer(asked, signal));
  };
  offerModels(models, (chosen) => {
    model = chosen;
    describeModel(chosen);
    ask(0);
  });
  offerExamples((text) => {
    input.value = text;
    ask(0);
  });
  input.addEventListener('input', () => {
    ask(typingMilliseconds);
  });
  switchInput.addEventListener('change', () => {
    ask(0);
  });
  ask(0);
}

/** Offers the models where there are several. */
function offerModels(models: readonly ModelAnswer[], use: (model: ModelAnswer) => void): void {
  byId('choice').hidden = models.length < 2;
  const select = byId('model') as HTMLSelectElement;
  select.append(...models.map(({ name }) => element('option', { text: name })));
  select.addEventListener('change', () => {
    const chosen = models[select.selectedIndex];
    if (chosen !== undefined) use(chosen);
  });
}

function describeModel({ name, classes, features, hidden, test, adapters }: ModelAnswer): void {
  const facts = [
    name,
    classes.length <= 6 ? classes.join(' or ') : `${classes.length} classes`,
    `${formatCount(features)} words and phrases`,
    hidden === 0 ? 'linear' : `${formatCount(hidden)} hidden units`,
    ...(test === null ? [] : [`${formatShare(test.accuracy)} right on its test`]),
  ];
  byId('about').textContent = facts.join(' · ');
  document.title = `${name} · imdb-torch`;
  byId('comparison').hidden = adapters.length < 2;
  byId('compared').textContent = `Compare adapter ${adapters.join(', ').replace(/, (?=[^,]*$)/, ' and ')}`;
}

/** Asks about the text in the field, and shows the answer unless something else is asked meanwhile. */
async function answer(model: ModelAnswer, signal: AbortSignal): Promise<void> {
  const text = input.value;
  try {
    const isBlank = text.trim() === '';
    const comparison = isBlank ? null : await untilThere(() => askAll(model, text, signal), signal);
    if (signal.aborted) return;
    result.show(comparison);
    const isWordless = comparison?.answers[0]?.words.length === 0;
    result.say(isWordless ? whyNoWords(isExplained(model, text), longestColoured(model)) : '');
  } catch (error) {
    if (!signal.aborted) result.say(error instanceof Error ? error.message : String(error), 'trouble');
  }
  result.isBusy = false;
}

async function askAll(model: ModelAnswer, text: string, signal: AbortSignal): Promise<ComparedAnswers> {
  const slow = setTimeout(() => {
    result.isBusy = true;
    result.say('Asking …');
  }, slowMilliseconds);
  const ask = async (adapter: AdapterName): Promise<AnswerWith> => {
    const classes = model.classesByAdapter[adapter] ?? model.classes;
    const asked = { model: model.name, adapter };
    if (isExplained(model, text)) return { adapter, classes, ...(await explain(text, asked, signal)) };
    return { adapter, classes, prediction: await predict(text, asked, signal), words: [] };
  };
  try {
    const adapters = switchInput.checked ? model.adapters : [model.adapter];
    return compare(text, await Promise.all(adapters.map(ask)));
  } finally {
    clearTimeout(slow);
  }
}

/** Does `work` again for as long as the service is away or wants another key, and says so meanwhile. */
async function untilThere<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof KeyNeeded) {
        result.say(error.message, 'trouble');
        await askForKey();
        result.say('');
        continue;
      }
      if (!(error instanceof ServiceAway)) throw error;
      result.say(`${error.message} Trying again …`, 'trouble');
    }
    do {
      await pause(retryMilliseconds, signal);
      signal?.throwIfAborted();
    } while (!(await isThere()));
  }
}

function isExplained(model: ModelAnswer, text: string): boolean {
  // The service counts code points.
  return Array.from(text).length <= longestColoured(model);
}

function longestColoured({ limits }: ModelAnswer): number {
  return Math.min(limits.explainedCharacters, colouredCharacters);
}
