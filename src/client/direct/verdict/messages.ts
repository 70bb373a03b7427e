import type { RecordedRun } from '../../../schemas/recorded-run.js';
import type { RunAssessment } from '../../../schemas/trust.js';

/** Asks the thread for a verdict. */
export interface VerdictOrder {
  call: number;
  run: RecordedRun;
  wear: number;
}

/** Its answer: an assessment or the message of an error. */
export interface VerdictReport {
  call: number;
  assessment: RunAssessment | null;
  error: string | null;
}
