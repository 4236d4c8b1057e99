/** Classifies texts with a run directory that `npx imdb-torch train` has written. */
import { TextClassifier } from 'imdb-torch';

using classifier = await TextClassifier.open('runs/demo');
for (const { label, probability } of classifier.predict(['A small, perfect film.', 'What a waste.'])) {
  console.log(`${label} ${(100 * probability).toFixed(1)} %`);
}
