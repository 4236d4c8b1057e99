import type { ExperimentEvents, RecordEvents } from './experiment_events.js';
import { judgementDocument, tuningDocument } from './run_documents.js';

/** Makes records of events. */
export function recordingEvents({ onMetrics, onTried }: RecordEvents): ExperimentEvents {
  return {
    onBefore: (phase, train) => onMetrics?.({ phase, epoch: 0, train }),
    onEpoch: (phase, result) => onMetrics?.({ phase, ...result }),
    onTest: (phase, test) => onMetrics?.({ phase, test }),
    onFitted: async ({ epochs, test }) => {
      for (const epoch of epochs) await onMetrics?.({ phase: 'full', ...epoch });
      await onMetrics?.({ phase: 'full', test });
    },
    onJudged: (judgement) => onTried?.(judgementDocument(judgement)),
    onTuned: (judgement) => onTried?.(tuningDocument(judgement)),
  };
}
