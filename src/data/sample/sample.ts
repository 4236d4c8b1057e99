import { PythonRandom } from '../numbers/python_random.js';
import type { ReviewFile } from '../imdb/collector.js';
import * as words from './sample_words.js';

/** The number of reviews in each split of the sample. */
const sampleSizes = { train: 4_000, test: 1_000 } as const;

const sampleSeed = 20_240_607;
/** The share of judging sentences that agree with the label; the rest is the other side of a mixed opinion. */
const agreementPercent = 88;
const negationPercent = 10;
const wrongLabelPercent = 2;

export interface SampleReview {
  readonly file: ReviewFile;
  readonly text: string;
}

/**
 * Writes the reviews of the embedded data set one by one: film reviews from a small grammar, the same ones on every
 * machine. Half of each split praises; negation, mixed opinions and a few wrong labels keep a bag of words away from
 * 100 %.
 */
export function* writeSample(): Generator<SampleReview> {
  const writer = new SampleWriter(new PythonRandom(sampleSeed));
  for (const split of ['train', 'test'] as const) {
    for (const label of [1, 0]) {
      for (let index = 0; index < sampleSizes[split] / 2; index += 1) {
        yield { file: { split, label, name: `${index}.txt` }, text: writer.review(label === 1) };
      }
    }
  }
}

class SampleWriter {
  constructor(readonly random: PythonRandom) {}

  review(labelled: boolean): string {
    const praises = this.#chance(wrongLabelPercent) ? !labelled : labelled;
    const sentences = [this.#plot()];
    for (let judgements = 4 + this.random.below(8); judgements > 0; judgements -= 1) {
      sentences.push(this.#judgement(this.#chance(agreementPercent) ? praises : !praises));
      if (this.#chance(50)) sentences.push(this.#remark());
    }
    return sentences.join(this.#chance(15) ? '<br /><br />' : ' ');
  }

  #judgement(praises: boolean): string {
    if (this.#chance(negationPercent)) return this.#negated(praises);
    const word = this.#pick(praises ? words.praise : words.blame);
    const aspect = this.#pick(words.aspects);
    switch (this.random.below(5)) {
      case 0:
        return `The ${aspect} is ${this.#pick(words.adverbs)} ${word}.`;
      case 1:
        return `I ${this.#pick(praises ? words.lovedVerbs : words.hatedVerbs)} the ${aspect}!`;
      case 2:
        return `What a ${word}, ${this.#pick(words.neutral)} film...`;
      case 3:
        return `Its ${aspect} and ${this.#pick(words.aspects)} are ${word}.`;
      default:
        return `"${capitalised(word)}" is the word for ${this.#pick(words.people)}'s ${aspect}.`;
    }
  }

  /** Negates a word of the other side. */
  #negated(praises: boolean): string {
    const word = this.#pick(praises ? words.blame : words.praise);
    const aspect = this.#pick(words.aspects);
    switch (this.random.below(3)) {
      case 0:
        return `The ${aspect} is not ${word} at all.`;
      case 1:
        return `Nobody could call the ${aspect} ${word}.`;
      default:
        return `It isn't ${this.#pick(words.adverbs)} ${word}.`;
    }
  }

  #plot(): string {
    const person = this.#pick(words.people);
    const noun = this.#pick(words.nouns);
    return `${person}, a ${this.#pick(words.occupations)} from ${this.#pick(words.places)}, finds a ${noun} in ${1920 + this.random.below(100)}.`;
  }

  #remark(): string {
    const noun = this.#pick(words.nouns);
    switch (this.random.below(4)) {
      case 0:
        return `There is a ${noun} and a ${this.#pick(words.nouns)}.`;
      case 1:
        return `${this.#pick(words.people)} plays the ${this.#pick(words.occupations)}.`;
      case 2:
        return `It was shot in ${this.#pick(words.places)}, ${this.#pick(words.neutral)} as ever.`;
      default:
        return `The ${this.#pick(words.neutral)} scene with the ${noun} takes ${2 + this.random.below(30)} minutes.`;
    }
  }

  /** Words at the start of a list come up more often, as some words do in any language. */
  #pick(from: readonly string[]): string {
    return from[this.random.below(1 + this.random.below(from.length))] ?? '';
  }

  #chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
