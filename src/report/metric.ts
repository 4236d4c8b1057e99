import type { MetricName } from '../training/metric_names.js';
import { formatLoss, formatShare } from './format.js';

/** Writes the value of a metric: log loss as a number, all others as a share. */
export function formatMetric(metric: MetricName, value: number): string {
  return metric === 'log-loss' ? formatLoss(value) : formatShare(value);
}
