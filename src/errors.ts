/** What went wrong, for programs; README lists them with the exit codes. */
export type ErrorCode =
  | 'ERR_USAGE'
  | 'ERR_FAILED'
  | 'ERR_OUTPUT'
  | 'ERR_NON_FINITE'
  | 'ERR_PLATFORM'
  | 'ERR_PACKAGE'
  | 'ERR_LIBTORCH'
  | 'ERR_BUILD'
  | 'ERR_ADDON_LOAD'
  | 'ERR_DEVICE'
  | 'ERR_PYTHON'
  | 'ERR_DATASET'
  | 'ERR_DOWNLOAD'
  | 'ERR_SAFETENSORS'
  | 'ERR_RUN'
  | 'ERR_TOKENIZER'
  | 'ERR_CHECK_FAILED'
  | 'ERR_INTERRUPTED';

/** 0 done, 1 failed, 2 wrong usage, 3 environment, 4 data, 5 a check of numbers failed, 130 interrupted. */
const exitCodes: Readonly<Record<ErrorCode, number>> = {
  ERR_USAGE: 2,
  ERR_FAILED: 1,
  ERR_OUTPUT: 1,
  ERR_NON_FINITE: 1,
  ERR_PLATFORM: 3,
  ERR_PACKAGE: 3,
  ERR_LIBTORCH: 3,
  ERR_BUILD: 3,
  ERR_ADDON_LOAD: 3,
  ERR_DEVICE: 3,
  ERR_PYTHON: 3,
  ERR_DATASET: 4,
  ERR_DOWNLOAD: 4,
  ERR_SAFETENSORS: 4,
  ERR_RUN: 4,
  ERR_TOKENIZER: 4,
  ERR_CHECK_FAILED: 5,
  ERR_INTERRUPTED: 130,
};

/** An error with a code and one sentence that says what was expected, what came and what to do. */
export class ImdbTorchError extends Error {
  override readonly name = 'ImdbTorchError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The exit code that the command line ends with. */
  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  // By shape: errors of the native addon and, under jest, of Node itself come from another realm.
  const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
  return hasMessage ? String(error.message) : String(error);
}
