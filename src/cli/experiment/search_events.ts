import { describeJudgement } from '../../report/console/search.js';
import { describeTuned } from '../../report/console/tuning.js';
import type { SearchEvents } from '../../experiments/auto/search.js';
import type { TuningEvents } from '../../experiments/auto/tuning_plan.js';
import type { Terminal } from '../terminal.js';

/**
 * Says how far a search is and what is best so far.
 * @param stopping what Ctrl-C ends as long as the search goes on; null: nothing but the command
 */
export function createSearchEvents(terminal: Terminal, stopping: { end(): void } | null): SearchEvents & TuningEvents {
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
    onJudged(_judgement, leader, metric) {
      say(describeJudgement(leader, metric));
    },
    onTuned(_judgement, leader, metric) {
      say(describeTuned(leader, metric));
    },
  };
}
