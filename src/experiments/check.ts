/** One of an experiment's checks of itself. */
export interface Check {
  /** What should hold. */
  name: string;
  passed: boolean;
  /** The figures it was judged by, where there are any. */
  detail?: string;
}

/** Formats a difference that should be none: 0, 2.4e-10. */
export function formatError(error: number): string {
  return error === 0 || !Number.isFinite(error) ? String(error) : error.toExponential(1);
}
