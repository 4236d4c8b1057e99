/** `node scripts/encode_sample.mjs FOLDER` writes the encoded sample for scripts/make_reference.py. */
import { prepare } from './project.mjs';

await prepare();
const { readDataset } = await import('../dist/data/dataset.js');
const { committedExperiment, writeExperiment } = await import('../dist/experiments/verify/experiment_plan.js');
const { data, ...plan } = committedExperiment;
const dataset = await readDataset({ ...data, cacheFolder: null });
await writeExperiment(process.argv[2], dataset, { ...plan, seed: data.seed });
