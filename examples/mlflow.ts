/** Hands a run on to an MLflow server by its REST API: node mlflow.js RUN http://localhost:5000 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const [folder = 'runs/demo', server = 'http://localhost:5000'] = process.argv.slice(2);
const { options = {} } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as { options?: object };
const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).split('\n').filter((line) => line !== '');

interface Metric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
}
type Line = { phase: string; epoch?: number } & Partial<Record<'train' | 'valid' | 'test', Record<string, number>>>;

let step = 0;
const metrics = lines.flatMap((line) => {
  const { phase, epoch = step, train, valid, test } = JSON.parse(line) as Line;
  step = epoch;
  return Object.entries({ train, valid, test }).flatMap(([split, values = {}]) =>
    Object.entries(values).map(([name, value]): Metric => ({
      key: `${phase}/${name}/${split}`,
      value,
      timestamp: Date.now(),
      step,
    })),
  );
});
const params = Object.entries(options)
  .filter(([, value]) => value !== null && typeof value !== 'object')
  .map(([key, value]) => ({ key, value: String(value) }));

const { run } = await post<{ run: { info: { run_id: string } } }>('runs/create', {
  experiment_id: '0',
  run_name: basename(folder),
  start_time: Date.now(),
});
const { run_id } = run.info;
// A request may have 1,000 values, of which 100 are parameters.
for (let start = 0; start < params.length; start += 100) {
  await post('runs/log-batch', { run_id, params: params.slice(start, start + 100) });
}
for (let start = 0; start < metrics.length; start += 1000) {
  await post('runs/log-batch', { run_id, metrics: metrics.slice(start, start + 1000) });
}
await post('runs/update', { run_id, status: 'FINISHED', end_time: Date.now() });
console.log(`${metrics.length} values and ${params.length} parameters of ${folder} are run ${run_id}.`);

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const response = await fetch(`${server}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
