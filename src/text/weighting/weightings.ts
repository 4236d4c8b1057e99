/** The names of the weightings. */
export const weightings = ['none', 'naive-bayes', 'idf', 'naive-bayes-idf', 'shrunk-naive-bayes'] as const;

/**
 * The factor of a feature, computed from the texts that a model is fitted on.
 * - `naive-bayes`: the log-count ratio of class 1 against class 0 (Wang and Manning 2012, _Baselines and Bigrams_); with
 *   more classes than two the largest absolute one of a class against the rest;
 * - `idf`: `ln(n / n_j)`, where `n_j` of the `n` texts have the feature (Sparck Jones 1972);
 * - `naive-bayes-idf`: their product;
 * - `shrunk-naive-bayes`: the log-count ratio, made smaller where it is made of few counts; see `LogCountRatios`.
 *
 * What none of the texts has gets 0, except for the Naive Bayes weights of two classes.
 */
export type Weighting = (typeof weightings)[number];
