import type { FeatureChoice } from '../../data/splits/chosen_features.js';

const characterLengths = [3, 5] as const;
/** With it n-grams of characters help on few and on short texts; with 1 they outweigh the words. */
export const usualCharacterWeight = 0.5;
/** Beyond so many tokens n-grams of characters cost more than all else and help little. */
const mostTokensWithCharacters = 4e6;
/** The same where each class has a model of its own: tokens times models. */
const mostModelTokensWithCharacters = 8e6;

/** Names the rule below: another rule needs another number. */
const version = 1;

/**
 * Chooses the features that candidates look at a part of, by the size of the training data.
 * @param fixed names of the settings that are taken as they are
 */
export function chooseFeaturesFor(fixed: readonly string[]): FeatureChoice {
  const kept = ['minCount', 'characters'].filter((name) => fixed.includes(name));
  return {
    name: ['auto', version, ...kept].join(' '),
    choose: ({ reviews, tokens, classes }) => {
      const models = classes === 2 ? 1 : classes;
      const isCheap = tokens <= mostTokensWithCharacters && tokens * models <= mostModelTokensWithCharacters;
      return {
        ...(!kept.includes('minCount') && { minimumCount: reviews < 1000 ? 1 : reviews <= 10_000 ? 2 : 3 }),
        ...(!kept.includes('characters') && { characters: isCheap ? characterLengths : undefined }),
      };
    },
  };
}
