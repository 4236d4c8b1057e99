/** Says whether a new run is better than an old one by more than chance: imdb-torch runs compare OLD NEW --json | node is_better.js */
import { text } from 'node:stream/consumers';

interface Compared {
  /** Null where the models could not be compared, and `because` says why. */
  test: {
    mcNemar: { midP: number };
    differences: { metric: string; difference: number; interval: [number, number] | null }[];
  } | null;
  because?: string;
}

const { test, because = 'there was no test.' } = JSON.parse(await text(process.stdin)) as Compared;
const [accuracy] = test?.differences ?? [];
if (test === null || accuracy === undefined) {
  console.log(`Unknown: ${because}`);
  process.exitCode = 2;
} else {
  const isChance = test.mcNemar.midP >= 0.05;
  console.log(isChance ? 'No better, no worse' : accuracy.difference > 0 ? 'Better' : 'Worse');
  process.exitCode = !isChance && accuracy.difference < 0 ? 1 : 0;
}
