/** Classifies and explains a text with a run directory, without the addon. */
import { explain, openRun } from 'imdb-torch/portable/node';

const run = await openRun('runs/demo');
console.log(run.predict(['A small, perfect film.']));
console.log(explain(run, 'A small, perfect film.'));
