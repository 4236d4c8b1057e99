/** Several adapters share one model: they are used alone or together, scaled, combined and merged as in PEFT. */
import { TextClassifier } from 'imdb-torch';

using classifier = await TextClassifier.open('runs/base', { adapter: 'off' });
const { adapters } = classifier;
await adapters.load('films', 'runs/films/adapter');
await adapters.load('books', 'runs/books/adapter');

adapters.use('films'); // or several: use('films', 'books'); none: the base alone
const logits = classifier.logits(['A small, perfect film.']);

adapters.combine('both', { adapters: ['films', 'books'], weights: [0.7, 0.3], combination: 'svd' });
adapters.use('both');
adapters.merge(); // adds them to the weights of the model
adapters.unmerge(); // brings back every bit

adapters.use('films');
const again = classifier.logits(['A small, perfect film.']);
console.log(`The logits are the same, bit for bit: ${String(logits) === String(again)}`);
await adapters.save('both', 'adapters/both');
