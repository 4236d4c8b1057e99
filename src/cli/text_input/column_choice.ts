/** Which columns of a table, or names of an object, the text and the columns that are handed on have. */
export interface ColumnChoice {
  readonly textColumn?: string | undefined;
  /** The other columns that are handed on, or all of them. */
  readonly keep?: readonly string[] | 'all' | undefined;
  /** False takes the first row of CSV or TSV for a row, and numbers the columns from 1. */
  readonly header?: boolean | undefined;
}

/** Returns the flag of a choice that only texts in columns have; null where there is none. */
export function columnFlag({ textColumn, keep, header }: ColumnChoice): string | null {
  if (textColumn !== undefined) return '--text-column';
  if (keep !== undefined) return '--keep';
  return header === false ? '--no-header' : null;
}
