import { axDeserializeOptimizedProgram } from '@ax-llm/ax';
import { describe, expect, test } from 'vitest';
import { axProgram, dspyState } from '../../src/cli/program-file.js';
import { describeCandidate } from '../../src/optimizers/ax/candidate.js';
import type { OptimizationIteration } from '../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../src/schemas/run.js';
import { triageProgram } from '../ax/scenario.js';

const run = (fields: Partial<OptimizationRun>) =>
  ({ optimizerType: 'gepa', status: 'completed', iterations: 3, durationMs: 12.5, metadata: {}, ...fields }) as OptimizationRun;
const candidateOf = (program: unknown) => describeCandidate(program as never);
const iteration = { score: 0.75 } as OptimizationIteration;

describe('--format ax', () => {
  test('is what Ax reads back: the program is then the one that was recorded', () => {
    const recorded = candidateOf(triageProgram());
    const [key] = Object.keys(recorded.componentMap);
    const winner = {
      ...recorded,
      componentMap: { [key as string]: 'Say the queue. "refund" => billing' },
      demos: [{ programId: 'root', traces: [{ ticket: 'The page is blank again', category: 'bug' }] }],
    };

    const file = axProgram(run({}), iteration, winner);
    const rebuilt = triageProgram();
    rebuilt.applyOptimization(axDeserializeOptimizedProgram(JSON.parse(file)));

    expect(candidateOf(rebuilt)).toEqual(winner);
  });

  test("says so where the program is none of Ax's", () => {
    expect(() => axProgram(run({ optimizerType: 'miprov2' }), iteration, { instruction: 'Be brief.' })).toThrow(
      /not one that Ax can load: this run of miprov2/,
    );
  });
});

describe('--format dspy', () => {
  const program = { 'answer.predict': { traces: [], train: [], demos: [], signature: { instructions: 'Answer.', fields: [] }, lm: null } };

  test("is the state with the versions that made it, since DSPy's load asks for them", () => {
    const versions = { python: '3.11', dspy: '3.4.1', cloudpickle: '3.1' };
    expect(JSON.parse(dspyState(run({ metadata: { dspy: { dependency_versions: versions } } }), program, null))).toEqual({
      ...program,
      metadata: { dependency_versions: versions },
    });
    expect(JSON.parse(dspyState(run({}), program, JSON.stringify(program)))).toEqual({ ...program, metadata: { dependency_versions: {} } });
  });

  test('keeps the recorded text to the byte: the order of keys, the form of numbers, 64-bit integers', () => {
    const text = `{"predict": {"demos": [{"tracking": "X1", "id": 7, "10": 10.0, "2": 1234567890123456789}], "signature": {"instructions": "Answer.", "fields": []}, "lm": null, "traces": [], "train": []}}`;
    const written = dspyState(run({}), JSON.parse(text), text);
    expect(written).toBe(`${text.slice(0, -1)}, "metadata": {"dependency_versions":{}}}`);
    expect(JSON.parse(written)).toMatchObject({ metadata: { dependency_versions: {} } });
  });

  test.each([[{ instruction: 'Be brief.' }], [{ componentMap: { root: 'x' } }], [null], ['text'], [[]], [{}]])('refuses %j', (other) => {
    expect(() => dspyState(run({ optimizerType: 'gepa' }), other, null)).toThrow(/not one that DSPy can load/);
  });
});
