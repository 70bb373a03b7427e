// @ts-nocheck: the types of 'optrail' are in dist/, which a fresh clone has only after `npm run build`.

/*
 * Records a prompt optimizer of your own. The "optimizer" tries three instructions, and the "model" is a word matcher, so
 * that this runs offline and says the same every time. Put your own in the place of `answer` and `candidates`.
 */
import { getOptimizationIterations, getOptimizationRunSummary, getOptimizationSamples, trackRun } from 'optrail';

const data = [
  { input: 'I was charged twice in May.', expectedOutput: 'billing' },
  { input: 'The invoice shows the wrong address.', expectedOutput: 'billing' },
  { input: 'Can I get a refund for last month?', expectedOutput: 'billing' },
  { input: 'The page stays blank after login.', expectedOutput: 'bug' },
  { input: 'The export fails with error 500.', expectedOutput: 'bug' },
  { input: 'How do I add a colleague?', expectedOutput: 'how_to' },
];

const candidates = [
  'Name the queue of this ticket.',
  'Name the queue of this ticket. charged, invoice => billing. blank => bug.',
  'Name the queue of this ticket. charged, invoice, refund => billing. blank, fails => bug.',
];

/** Stands in for a call of a model: follows `word, word => queue` in the instruction, and says "how_to" otherwise. */
async function answer(instruction, ticket, usage) {
  usage({ promptTokens: Math.ceil((instruction.length + ticket.length) / 4), completionTokens: 1, costUsd: 0.00001 });
  for (const [, words, queue] of instruction.matchAll(/([a-z, ]+) => (\w+)/g)) {
    if (words.split(',').some((word) => ticket.toLowerCase().includes(word.trim()))) return queue;
  }
  return 'how_to';
}

const runId = await trackRun(
  { projectId: 'triage', optimizerType: 'custom', runName: 'three instructions', metric: 'accuracy', tags: ['example'] },
  async (run) => {
    for (const [index, instruction] of candidates.entries()) {
      const { iteration, score } = await run.evaluate({
        data,
        program: { instruction },
        task: (ticket, { usage }) => answer(instruction, ticket, usage),
        score: ({ output, expectedOutput }) => ({
          score: output === expectedOutput,
          feedback: output === expectedOutput ? 'Right.' : `It belongs to ${expectedOutput}.`,
        }),
        isBaseline: index === 0,
      });
      console.log(`iteration ${iteration}: ${score.toFixed(2)}`);
    }
    return run.id;
  },
);

const summary = await getOptimizationRunSummary(runId);
console.log(`\n${summary.runName} (${summary.status}): ${summary.initialScore.toFixed(2)} before, ${summary.finalScore.toFixed(2)} now`);
console.log(
  `${summary.iterations} iterations, ${summary.samplesEvaluated} samples, ${summary.totalTokens} tokens, $${summary.totalCostUsd}`,
);
console.log(`winner: iteration ${summary.bestIteration}: ${summary.bestProgram.instruction}`);

const [baseline] = await getOptimizationIterations(runId);
const samples = await getOptimizationSamples(runId, baseline.iteration);
const wrong = samples.filter(({ score }) => score === 0);
console.log(`\nwhat the baseline got wrong, ${wrong.length} of ${samples.length}:`);
for (const { input, predictedOutput, feedback } of wrong) console.log(`  ${input} => ${predictedOutput}. ${feedback}`);

console.log(`\nnext: npx optrail runs show ${runId.slice(0, 13)}`);
