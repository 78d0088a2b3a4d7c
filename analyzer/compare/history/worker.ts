import { analyse } from '../../x86/analyse.js';
import { analyseCommit } from './job.js';
import type { Done, Job } from './pool.js';
import { HistoryResults } from './results.js';

// A process of the pool: one commit at a time, the result goes to the directory.
process.on('message', ({ repository, commit, tree, options, directory }: Job) => {
  const start = process.cpuUsage();
  const results = new HistoryResults(directory, options);
  const result = analyseCommit(repository, commit, options, analyse, results.questions(1)[0]);
  results.put(tree, result);
  const { user, system } = process.cpuUsage(start);
  const done: Done = { problem: typeof result.census === 'string' ? result.census : undefined, diagnostics: result.diagnostics, seconds: (user + system) / 1e6 };
  process.send?.(done);
});
// whoever started this is gone
process.on('disconnect', () => process.exit());
