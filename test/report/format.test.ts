import { expect, test } from '@jest/globals';
import { describeEvaluation } from '../../src/report/console/evaluation.js';
import { formatPrediction } from '../../src/report/console/predictions.js';
import { formatTable } from '../../src/report/console/table.js';
import { formatLines, formatText } from '../../src/report/format.js';
import { classificationReport } from '../../src/training/numbers/classification_report.js';

const nasty = 'a\tb\nc\u001b[31md\u009b2Je\u202ef';
const shown = 'a\\tb\\nc\\x1b[31md\\x9b2Je\\u202ef';

test('when a text has control characters then they are shown, not sent', () => {
  expect(formatText(nasty)).toBe(shown);
  expect(formatText('José "film" C:\\new 日本')).toBe('José "film" C:\\new 日本');
});

test('when lines have colours then those of this package alone are kept, and only where there are colours', () => {
  const lines = '\u001b[1mTitle\u001b[22m\n\u001b[2Jgone\u001b[32m✔\u001b[39m';
  expect(formatLines(lines, true)).toBe('\u001b[1mTitle\u001b[22m\n\\x1b[2Jgone\u001b[32m✔\u001b[39m');
  expect(formatLines('\u001b[1mTitle\nnext', false)).toBe('\\x1b[1mTitle\nnext');
});

test('when a label has a tab or a line feed then a prediction is still one line of two columns', () => {
  const prediction = { label: nasty, probability: 0.75, probabilities: { [nasty]: 0.75, b: 0.25 } };
  const format = { classes: [nasty, 'b'], json: false, topK: null, threshold: 0 };
  expect(formatPrediction(prediction, 1, format)).toBe(`${shown}\t0.750000`);
  const two = formatPrediction(prediction, 1, { ...format, topK: 2 });
  expect(two).toBe(`${shown}\t0.750000\tb\t0.250000`);
});

test('when labels and file names have control characters then tables and mistakes keep their lines', () => {
  const style = { unicode: false, colour: false };
  expect(formatTable([nasty, 'n'], [[nasty, '1']], style).split('\n')).toHaveLength(5);
  const predictions = {
    labels: Int32Array.of(0, 1),
    probabilities: Float64Array.of(0.2, 0.8, 0.3, 0.7),
    logOdds: Float64Array.of(-1, 1, -1, 1),
    classes: 2,
  };
  const lines = describeEvaluation(
    {
      split: 'test',
      count: 2,
      engine: 'fused',
      classes: [nasty, 'b'],
      metrics: { loss: 1, accuracy: 0.5 },
      uncalibrated: null,
      decision: null,
      report: classificationReport(predictions),
      mistakes: [{ index: 0, label: 0, predicted: 1, probability: 0.8 }],
      originOf: () => nasty,
    },
    style,
  );
  expect(lines.at(-1)).toBe(`  ${shown}: b (80.00 %), labelled ${shown}`);
  // eslint-disable-next-line no-control-regex -- none of them may be there
  expect(lines.join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
