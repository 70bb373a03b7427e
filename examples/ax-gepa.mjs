// @ts-nocheck: the types of 'optrail' are in dist/, which a fresh clone has only after `npm run build`.

/*
 * Records AxGEPA, offline. The stand-in for a model is no language model: it follows `"word" => queue` lines, and each time that
 * GEPA asks it for a better instruction it adds the next line of a list. So the optimizer and the trail are real, and the gain is
 * arranged. For a real model put `ai({ name: 'openai', apiKey: ..., config: { model: ... } })` of '@ax-llm/ax' in its place.
 */
import { AxGEPA, AxMockAIService, ax } from '@ax-llm/ax';
import { getOptimizationIterations, getOptimizationRunSummary } from 'optrail';
import { trackAx } from 'optrail/ax';

const tickets = [
  { ticket: 'I was charged twice in May.', queue: 'billing' },
  { ticket: 'My card was charged after I cancelled.', queue: 'billing' },
  { ticket: 'The invoice shows the wrong address.', queue: 'billing' },
  { ticket: 'Please send the invoice again.', queue: 'billing' },
  { ticket: 'The page stays blank after login.', queue: 'bug' },
  { ticket: 'A blank window, since yesterday.', queue: 'bug' },
  { ticket: 'The export fails with error 500.', queue: 'bug' },
  { ticket: 'Uploading fails on my phone.', queue: 'bug' },
  { ticket: 'How do I add a colleague?', queue: 'how_to' },
  { ticket: 'Where can I change my name?', queue: 'how_to' },
];

const lines = ['"charged" => billing', '"blank" => bug', '"invoice" => billing', '"fails" => bug'];

/** Tells by the field that Ax asks for which part to play. */
function answer(system, asked) {
  if (system.includes('`feedbackSummary`')) return 'Feedback Summary: Tell the queues apart by single words.';
  if (system.includes('`newValue`')) {
    const current = asked.slice(asked.lastIndexOf('Current Value: ') + 'Current Value: '.length).split('\n\n')[0];
    const next = lines.find((line) => !current.includes(line));
    return `New Value: ${current}${next ? `\n- ${next}` : ''}`;
  }
  const ticket = asked.slice(asked.lastIndexOf('Ticket: ')).toLowerCase();
  const known = [...system.matchAll(/"(\w+)" => (\w+)/g)].find(([, word]) => ticket.includes(word));
  return `Queue: ${known?.[2] ?? 'how_to'}`;
}

function standIn() {
  return new AxMockAIService({
    name: 'stand-in',
    modelInfo: { name: 'stand-in' },
    features: { functions: false, streaming: false },
    chatResponse: async ({ chatPrompt }) => {
      const content = answer(String(chatPrompt[0].content), String(chatPrompt.at(-1).content));
      const [promptTokens, completionTokens] = [JSON.stringify(chatPrompt), content].map((text) => Math.ceil(text.length / 4));
      const tokens = { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
      return { results: [{ index: 0, content, finishReason: 'stop' }], modelUsage: { ai: 'stand-in', model: 'stand-in', tokens } };
    },
  });
}

const program = ax('ticket:string "What a customer wrote" -> queue:class "billing, bug, how_to"');
program.setInstruction('Name the queue of this ticket.'); // GEPA rejects every proposal where the instruction is empty

function rightQueue({ prediction, example }) {
  return prediction.queue === example.queue ? 1 : 0;
}

let runId = '';
const optimizer = trackAx(new AxGEPA({ studentAI: standIn(), numTrials: 5, minibatchSize: 6, seed: 4 }), {
  projectId: 'triage',
  runName: 'queues, offline stand-in',
  tags: ['example'],
  onIteration: ({ iteration, evalKind, score, decision }) => {
    console.log(`${String(iteration).padStart(3)}  ${evalKind.padEnd(9)}  ${score?.toFixed(2) ?? '-'}  ${decision ?? ''}`);
  },
  onCompiled: ({ run }) => {
    runId = run.id;
  },
});

const result = await optimizer.compile(program, tickets, rightQueue, {
  maxMetricCalls: 200,
  feedbackFn: ({ prediction, example }) => `"${example.ticket}" belongs to ${example.queue}, and was sent to ${prediction.queue}.`,
});

const summary = await getOptimizationRunSummary(runId);
const iterations = await getOptimizationIterations(runId);
const winner = iterations.find(({ iteration }) => iteration === summary.bestIteration);
console.log(`\n${summary.runName}: ${summary.initialScore.toFixed(2)} before, ${summary.finalScore.toFixed(2)} now`);
console.log(`Ax says ${result.bestScore.toFixed(2)}; the record says iteration ${winner.iteration}, from ${winner.parentIterations}`);
console.log(
  `${summary.fullEvaluations} full evaluations, ${summary.minibatchEvaluations} minibatches, ${summary.samplesEvaluated} samples`,
);
console.log(`\nthe winning instruction:\n${Object.values(summary.bestProgram.componentMap).join('\n')}`);
console.log(`\nnext: npx optrail iterations list ${runId.slice(0, 13)}`);
