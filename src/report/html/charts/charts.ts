/** Pictures as HTML and SVG: they know about numbers and names, and nothing about what these mean. */
export { areaChart, type AreaChartOptions } from './area_chart.js';
export { bars, type Bar } from './bars.js';
export { columnChart, type Column, type ColumnChartOptions } from './column_chart.js';
export { lineChart, type LineChartOptions, type Point, type Series } from './line_chart.js';
export { matrix, type MatrixCell, type MatrixOptions } from './matrix.js';
