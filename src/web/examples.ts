import { byId, element } from './dom.js';

/** These reviews are the project's own, of films that do not exist. */
const examples: readonly { title: string; text: string }[] = [
  {
    title: 'Delighted',
    text: `A small, perfect film. Two sisters run a lighthouse through one long winter, and hardly anything happens, yet I
could not look away: the acting is superb, the photography wonderful, and the ending moved me more than anything else
this year.`,
  },
  {
    title: 'Bored',
    text: `What a waste of two hours. The plot makes no sense, the dialogue is awful and the hero has one expression for
everything. I kept hoping that it would at least be funny by accident. It was not. Avoid.`,
  },
  {
    title: 'Torn',
    text: `The first half is brilliant: tense, witty, beautifully shot. Then the script falls apart, the villain explains
himself for twenty minutes, and a great cast is left with terrible lines. Worth seeing once, but what a disappointment.`,
  },
  {
    title: 'Not bad',
    text: `I expected nothing and was not disappointed, in the best sense. It is not bad at all, never boring, and nowhere
near as stupid as the poster. Not a masterpiece either, but I would not say no to a sequel.`,
  },
  {
    title: 'Ironic',
    text: `Oh, wonderful, another superhero with a sad childhood. Truly a masterpiece of product placement. I especially
loved the moment when the lights came on and everybody was allowed to leave.`,
  },
].map(({ title, text }) => ({ title, text: text.replaceAll('\n', ' ') }));

/** Puts a button for each example into #examples. */
export function offerExamples(use: (text: string) => void): void {
  const buttons = examples.map(({ title, text }) => {
    const button = element('button', { text: title, attributes: { type: 'button' } });
    button.addEventListener('click', () => {
      use(text);
    });
    return button;
  });
  byId('examples').append(...buttons);
}
