import {
  aBisection,
  aBlamedPrompt,
  aComparison,
  aGateResult,
  aHindsight,
  anAssessment,
  anEditImpact,
  aRace,
  aReceipt,
  aRegressionReport,
} from '../openapi/trust-examples.js';
import { functionRoute } from './function-route.js';

const REFUSALS = ['not_found', 'ambiguous_id', 'too_large'] as const;

export const trustRoutes = [
  functionRoute('assessRun', {
    tag: 'Trust',
    summary: 'Is the winner of a run real?',
    description: 'The best program against the baseline, corrected for the choice among candidates. The methods are told in docs/trust.md.',
    answer: { description: 'The verdict.', example: anAssessment },
    refusals: REFUSALS,
  }),
  functionRoute('editImpact', {
    tag: 'Trust',
    summary: 'What each edit of a run was worth',
    answer: { description: 'Each proposal against its parent.', example: anEditImpact },
    refusals: REFUSALS,
  }),
  functionRoute('blamePrompt', {
    tag: 'Trust',
    summary: 'Which iteration brought each piece of the prompt',
    answer: { description: 'Joined, the spans of a part are its text to the letter.', example: aBlamedPrompt },
    refusals: REFUSALS,
  }),
  functionRoute('regressions', {
    tag: 'Trust',
    summary: 'Examples that the winner lost and won',
    description: 'Every evaluation of either program counts: minibatches, and other runs of the project that are scored alike.',
    answer: { description: 'What broke, beside what noise alone would break.', example: aRegressionReport },
    refusals: REFUSALS,
  }),
  functionRoute('bisectExamples', {
    tag: 'Trust',
    summary: 'When each example was won or lost',
    answer: { description: 'Each example along the lineage of the winner.', example: aBisection },
    refusals: REFUSALS,
  }),
  functionRoute('hindsight', {
    tag: 'Trust',
    summary: 'When the run could have stopped',
    answer: { description: 'The earliest candidate that the winner does not beat.', example: aHindsight },
    refusals: REFUSALS,
  }),
  functionRoute('receipt', {
    tag: 'Trust',
    summary: 'Everything that a claim about a run rests on',
    answer: { description: 'The receipt.', example: aReceipt },
    refusals: REFUSALS,
  }),
  functionRoute('compareRuns', {
    tag: 'Trust',
    summary: 'Two programs on the examples they share',
    description: 'The winner of each run unless an iteration is named; of one run, its winner against its baseline.',
    answer: { description: 'The verdict and the shared examples, the worst change first.', example: aComparison },
    refusals: REFUSALS,
  }),
  functionRoute('gateRuns', {
    tag: 'Trust',
    summary: 'May a candidate pass?',
    description: 'What cannot be compared never passes.',
    answer: { description: 'The outcome, and the exit code of a CI job.', example: aGateResult },
    refusals: REFUSALS,
  }),
  functionRoute('race', {
    tag: 'Trust',
    summary: 'Runs against each other by calls, cost and time',
    answer: { description: 'A claim about an optimizer needs three of its runs.', example: aRace },
    refusals: REFUSALS,
  }),
];
