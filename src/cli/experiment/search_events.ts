import { describeJudgement } from '../../report/console/search.js';
import type { SearchEvents } from '../../experiments/auto/search.js';
import { judgementDocument } from '../../experiments/run_documents.js';
import type { RunDirectory } from '../../storage/run_directory.js';
import type { Terminal } from '../terminal.js';

/**
 * Says how far a search is and what is best so far, and writes down what was tried.
 * @param directory null: nothing is written down
 */
export function createSearchEvents(terminal: Terminal, directory: RunDirectory | null): SearchEvents {
  const begun = performance.now();
  let best = '';
  return {
    onFitting(done, total) {
      const seconds = (performance.now() - begun) / 1000;
      terminal.progress({ label: 'Fitting', done, total, unit: 'models', seconds });
    },
    async onJudged(judgement, leader, metric) {
      await directory?.appendTried(judgementDocument(judgement));
      const line = describeJudgement(leader, metric);
      if (line === best) return;
      best = line;
      terminal.note(`Best so far: ${line}`);
    },
  };
}
