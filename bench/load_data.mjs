// @ts-check
// Prints how many seconds reading and encoding the archive takes in a fresh process.
import { loadDataset } from '../dist/data/dataset.js';

const [data = ''] = process.argv.slice(2);
const { seconds } = await loadDataset({ data, vocabularySize: 20_000, seed: 123, validationSize: 5000 });
process.stdout.write(String(seconds));
