import { describeJudgement } from '../../report/console/search.js';
import { describeTuned } from '../../report/console/tuning.js';
import type { SearchEvents } from '../../experiments/auto/search.js';
import type { TuningEvents } from '../../experiments/auto/tuning_plan.js';
import { judgementDocument, tuningDocument } from '../../experiments/run_documents.js';
import type { RunDirectory } from '../../storage/run_directory.js';
import type { Terminal } from '../terminal.js';

/**
 * Says how far a search is and what is best so far, and writes down what was tried.
 * @param directory null: nothing is written down
 * @param stopping what Ctrl-C ends as long as the search goes on; null: nothing but the command
 */
export function createSearchEvents(
  terminal: Terminal,
  directory: RunDirectory | null,
  stopping: { end(): void } | null,
): SearchEvents & TuningEvents {
  const begun = performance.now();
  let best = '';
  const say = (line: string): void => {
    if (line !== best) terminal.note(`Best so far: ${line}`);
    best = line;
  };
  return {
    onFitting(done, total) {
      const seconds = (performance.now() - begun) / 1000;
      terminal.progress({ label: 'Fitting', done, total, unit: 'models', seconds });
    },
    onSearchEnd() {
      stopping?.end();
    },
    async onJudged(judgement, leader, metric) {
      await directory?.appendTried(judgementDocument(judgement));
      say(describeJudgement(leader, metric));
    },
    async onTuned(judgement, leader, metric) {
      await directory?.appendTried(tuningDocument(judgement));
      say(describeTuned(leader, metric));
    },
  };
}
