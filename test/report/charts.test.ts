import { expect, test } from '@jest/globals';
import { areaChart, bars, columnChart, lineChart, matrix } from '../../src/report/html/charts/charts.js';
import { html } from '../../src/report/html/markup.js';

/** Places have two decimals: half a hundredth of a percentage or a pixel, twice. */
const drawn = 0.0101;

function attributes(picture: string, pattern: RegExp): number[][] {
  return Array.from(picture.matchAll(pattern), (match) => match.slice(1).map((text) => Number(text)));
}

/** Where a reader looks for a value between the labels of an axis. */
function placeOn(labels: readonly number[][], value: number): number {
  const [first, last] = [labels[0], labels.at(-1)];
  const [[from = NaN, start = NaN], [to = NaN, end = NaN]] = [first ?? [], last ?? []];
  return start + ((value - from) / (to - from)) * (end - start);
}

const bottomLabels = (picture: string): number[][] =>
  attributes(picture, /class="tick middle"\s+x="([\d.]+)%"\s+y="\d+"\s*>([\d.]+)</g).map(([x = 0, v = 0]) => [v, x]);
const sideLabels = (picture: string): number[][] =>
  attributes(picture, /class="tick end"\s+x="-8"\s+y="([\d.]+)"\s+dy="0.32em"\s*>([\d.]+)(?: %)?</g).map(
    ([y = 0, v = 0]) => [v, y],
  );

test('when lines are drawn then a point stands where its values are on the axes', () => {
  const points = [0.52, 0.61, 0.57, 0.83].map((y, k) => ({ x: k + 1, y, title: `point ${k}` }));
  const picture = lineChart({
    label: 'l',
    form: 'plain',
    series: [{ colour: 3, minor: false, points }],
  }).text;
  const dots = attributes(picture, /<circle[^>]*cx="([\d.]+)%"\s+cy="([\d.]+)"/g);
  const path =
    /d="M([^"]*)"/
      .exec(picture)?.[1]
      ?.split('L')
      .map((pair) => pair.split(',').map(Number)) ?? [];
  expect(dots).toHaveLength(4);
  points.forEach(({ x, y }, k) => {
    const [left = NaN, top = NaN] = dots[k] ?? [];
    expect(Math.abs(placeOn(bottomLabels(picture), x) - left)).toBeLessThan(drawn);
    expect(Math.abs(placeOn(sideLabels(picture), y) - top)).toBeLessThan(drawn);
    expect(path[k]?.[0]).toBeCloseTo(left * 10, 1);
    expect(path[k]?.[1]).toBeCloseTo(top, 1);
  });
});

test('when shares are drawn then the axis counts in percent, with as many digits as it takes', () => {
  const points = [0.861, 0.8625].map((y, x) => ({ x, y, title: '' }));
  const picture = lineChart({
    label: 'l',
    form: 'percent',
    series: [{ colour: 1, minor: true, points }],
  }).text;
  expect(picture).toContain('>86.10 %<');
  expect(picture).toContain('>86.15 %<');
});

test('when there is one point, or none, then the picture has an axis all the same', () => {
  const one = { colour: 1, minor: false, points: [{ x: 1, y: 0, title: 'only' }] };
  for (const series of [[one], []]) {
    const picture = lineChart({ label: 'l', form: 'plain', series }).text;
    expect(sideLabels(picture).length).toBeGreaterThan(1);
    expect(picture).not.toMatch(/NaN|Infinity/);
  }
});

test('when columns are drawn then heights, marks and the diagonal fit the axis', () => {
  const columns = [
    { from: 0, to: 0.5, value: 0.3, mark: 0.4, title: 'a' },
    { from: 0.5, to: 1, value: 0.9, title: '<b>' },
  ];
  const forms = { x: 'percent', y: 'percent' } as const;
  const picture = columnChart({
    label: 'l',
    columns,
    height: 200,
    colour: 1,
    most: 1,
    diagonal: true,
    forms,
  }).text;
  const boxes = attributes(picture, /class="column[^>]*y="([\d.]+)"\s+width="[\d.]+"\s+height="([\d.]+)"/g);
  expect(boxes).toEqual([
    [140, 60],
    [20, 180],
  ]);
  expect(picture).toMatch(/class="mark"\s+x1="0%"\s+x2="50%"\s+y1="120"\s+y2="120"/);
  expect(picture).toMatch(/class="diagonal"\s+x1="0"\s+y1="200"\s+x2="1000"\s+y2="0"/);
  expect(picture).toContain('<title>&lt;b&gt;</title>');
});

test('when an area is drawn then its steps have the heights of the values', () => {
  const picture = areaChart({ label: 'l', values: [8, 4, 2], height: 100, colour: 1 }).text;
  const tops = sideLabels(picture);
  const outline =
    /d="M([^"Z]*)L/
      .exec(picture)?.[1]
      ?.split('L')
      .map((pair) => Number(pair.split(',')[1])) ?? [];
  expect(tops[0]).toEqual([0, 100]);
  [8, 8, 4, 4, 2].forEach((value, step) => {
    expect(outline[step]).toBeCloseTo(placeOn(tops, value), 1);
  });
});

test('when bars are drawn then the longest is whole and the others are in proportion', () => {
  const rows = [20, 5, 0, null, -1].map((value) => ({
    label: 'a & b',
    value,
    text: html`<b>x</b>`,
    colour: 2,
  }));
  const { text } = bars(rows);
  expect(Array.from(text.matchAll(/--length:\s?([\d.]+)%/g), ([, length]) => length)).toEqual([
    '100',
    '25',
    '0',
    '0',
    '0',
  ]);
  expect(text).toContain('a &amp; b');
  expect(text).toContain('<b>x</b>');
});

test('when a matrix is drawn then its rows and columns are named and its diagonal is told apart', () => {
  const cells = [0, 1].map((row) => [0, 1].map((column) => ({ content: `${row}${column}`, strength: 0.25 })));
  const { text } = matrix({
    caption: 'c',
    titles: { columns: 'said', rows: 'is' },
    names: ['<a>', 'b'],
    cells,
  });
  const found = Array.from(text.matchAll(/<td\s+class="(\w+)"\s+style="--strength:\s?0.25"\s*>\s*(\d\d)/g), (match) =>
    match.slice(1),
  );
  expect(found).toEqual([
    ['right', '00'],
    ['wrong', '01'],
    ['wrong', '10'],
    ['right', '11'],
  ]);
  expect(text.match(/scope="(row|col)"[^&]*&lt;a&gt;/g)).toHaveLength(2);
});
