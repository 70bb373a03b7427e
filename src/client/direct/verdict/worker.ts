/** The thread that computes verdicts of large runs, so that the server's thread need not. */
import { parentPort } from 'node:worker_threads';
import { RunReader } from '../../../trust/record.js';
import { assessRecorded } from '../../../trust/run-assessment.js';
import type { VerdictOrder, VerdictReport } from './messages.js';

parentPort?.on('message', ({ call, run, wear }: VerdictOrder) => {
  let report: VerdictReport;
  try {
    report = { call, assessment: assessRecorded(new RunReader(run), { wear }).assessment, error: null };
  } catch (error) {
    report = { call, assessment: null, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(report);
});
