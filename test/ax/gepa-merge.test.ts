import { ax } from '@ax-llm/ax';
import { describe, expect, test } from 'vitest';
import { scripted, trackedGepa, type triageProgram } from './scenario.js';

describe('merges', async () => {
  /**
   * E needs a phrase in the description, O one in the instruction; D and I need the seed's own description and instruction,
   * so that no mutation is better than the seed everywhere and Ax keeps two branches to merge.
   */
  const answer = (system: string, asked: string) => {
    if (system.includes('`feedbackSummary`')) return 'Feedback Summary: some of them are wrong';
    if (system.includes('`newValue`')) {
      return `New Value: A text that holds the ${asked.includes('Component Key: root::description') ? 'even-rule' : 'odd-rule'}`;
    }
    const needs = { E: 'even-rule', O: 'odd-rule', D: 'Sort the tickets', I: 'Say good or bad' };
    const group = /Ticket: (\w)/.exec(asked)?.[1] as keyof typeof needs;
    return `Category: ${system.includes(needs[group]) ? 'good' : 'bad'}`;
  };
  const program = () => {
    const made = ax('"Sort the tickets" ticket:string -> category:class "good, bad"');
    made.setInstruction('Say good or bad.');
    return made as unknown as ReturnType<typeof triageProgram>;
  };
  const examples = 'EEEOOODI'.split('').map((group, index) => ({ id: `${index}`, ticket: `${group}${index}`, category: 'good' as never }));
  const compiled: Awaited<ReturnType<typeof trackedGepa>>[] = [];
  for (let seed = 1; seed <= 4; seed += 1) {
    const args = { studentAI: scripted(answer), seed, numTrials: 12, minibatchSize: 4, paretoSetSize: 8 };
    compiled.push(await trackedGepa({ program, examples, args, options: { maxMetricCalls: 400, validationExamples: examples } }));
  }
  const merges = compiled.flatMap(({ run }) => run.withRole('merge').map((merge) => ({ run, merge })));

  test('have two parents, both evaluated in full, and are judged by the better', () => {
    expect(merges.length).toBeGreaterThan(0);
    for (const { run, merge } of merges) {
      expect(merge.evalKind).toBe('minibatch');
      expect(merge.parentIterations).toHaveLength(2);
      for (const parent of merge.parentIterations ?? []) expect(run.at(parent).evalKind).toBe('full');
      expect(merge.decisionReason).toMatch(/^sum \d+ (reaches|is below) its parents' better of \d+ and \d+$/);
    }
  });

  test('are evaluated in full where accepted', () => {
    const won = merges.filter(({ merge }) => merge.decision === 'accepted');
    expect(won.length).toBeGreaterThan(0);
    for (const { run, merge } of won) {
      const full = run.recorded.find(({ params }) => params?.accepted_in === merge.iteration);
      expect(full).toMatchObject({ evalKind: 'full', score: 6 / 8, parentIterations: merge.parentIterations });
      expect(merge.decisionReason).not.toBe('Ax evaluated it in full');
    }
  });
});
