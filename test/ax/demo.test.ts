import * as ax from '@ax-llm/ax';
import { describe, expect, test } from 'vitest';
import { Allowance } from '../../src/demo/allowance.js';
import { estimateCeiling, findProvider, openLive } from '../../src/demo/live.js';
import { loadAx } from '../../src/demo/load-ax.js';
import { classify } from '../../src/demo/offline-student.js';
import { remarkOn, remarksIn } from '../../src/demo/remark.js';
import { CATEGORIES, testTickets, trainingTickets, validationTickets } from '../../src/demo/tickets.js';
import { runTriage, TRIAGE_BUDGET } from '../../src/demo/triage.js';
import { isOptrailError } from '../../src/errors.js';
import { fakeRecorder } from './fake-recorder.js';
import { offline } from './scenario.js';

describe('the tickets', () => {
  const all = [...trainingTickets, ...validationTickets, ...testTickets];

  test('are many, and each stands in one split', () => {
    expect(all.length).toBeGreaterThanOrEqual(48);
    expect(new Set(all.map(({ ticket }) => ticket)).size).toBe(all.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test('are balanced in every split', () => {
    for (const split of [trainingTickets, validationTickets, testTickets]) {
      const counts = CATEGORIES.map((category) => split.filter((ticket) => ticket.category === category).length);
      expect(new Set(counts).size).toBe(1);
    }
  });
});

describe('the offline model', () => {
  const prompt = { instruction: '', labels: CATEGORIES, demos: [], text: 'You charged me twice' };

  test('follows cues, else the nearest demonstration, else a name, else the first label', () => {
    expect(classify({ ...prompt, instruction: '- "charge" => billing' })).toBe('billing');
    expect(classify({ ...prompt, demos: [{ text: 'I was charged again', label: 'billing' }] })).toBe('billing');
    expect(classify({ ...prompt, text: 'A billing matter' })).toBe('billing');
    expect(classify(prompt)).toBe('account');
  });

  test('is asked through Ax, demonstrations and all', async () => {
    const program = ax.ax(`ticket:string -> category:class "${CATEGORIES.join(', ')}"`);
    program.setDemos([{ programId: 'root', traces: [{ ticket: 'The page is blank again', category: 'bug' as never }] }]);
    expect(await program.forward(offline(), { ticket: 'A blank page' })).toEqual({ category: 'bug' });
    expect(program.getUsage()[0]?.tokens?.promptTokens).toBeGreaterThan(100);
  });

  test('reads the feedback that the metric gives', () => {
    const [ticket] = trainingTickets;
    if (!ticket) throw new Error('no ticket');
    const said = JSON.stringify([remarkOn(ticket, 'bug'), remarkOn(ticket, ticket.category)]);
    const read = { text: ticket.ticket, expected: ticket.category };
    expect(remarksIn(said)).toEqual([
      { ...read, mistaken: 'bug' },
      { ...read, mistaken: undefined },
    ]);
  });
});

describe('the triage', async () => {
  const recorder = fakeRecorder();
  const student = offline();
  const report = await runTriage({ ax, trackRun: recorder.trackRun, run: { projectId: 'demo', strict: true }, student });
  const { run } = recorder;

  test('climbs, by proposals accepted and rejected', () => {
    const decisions = run.withRole('proposal').map(({ decision }) => decision);
    expect(new Set(decisions)).toEqual(new Set(['accepted', 'rejected']));
    expect(run.at(0).score).toBeGreaterThanOrEqual(0.2);
    expect(run.at(0).score).toBeLessThanOrEqual(0.4);
    expect(report.bestScore).toBeGreaterThanOrEqual(0.7);
    expect(run.recorded.length).toBeLessThanOrEqual(25);
  });

  test('says what it is worth on tickets nobody optimized on', () => {
    const [before, after] = run.withRole('held_out');
    expect(before).toMatchObject({ evalKind: 'test', score: report.heldOut?.baseline, params: { reevaluates: 0 } });
    expect(after).toMatchObject({ evalKind: 'test', score: report.heldOut?.best });
    expect(after?.samples).toHaveLength(testTickets.length);
    expect(after?.samples[0]).toMatchObject({ split: 'test', exampleId: expect.any(String) });
    expect(after?.program).toEqual(run.at(after?.params?.reevaluates as number).program);
    expect(report.heldOut?.best).toBeGreaterThan((report.heldOut?.baseline ?? 1) + 0.2);
  });

  test('hands the winning instruction back', () => {
    expect(report.bestInstruction).toContain(' => billing');
    expect(report.runId).toBe(run.id);
  });
});

describe('a live demo', () => {
  const provider = findProvider({ OPENAI_API_KEY: 'sk-none' });

  test('finds the provider whose key is set', () => {
    expect(findProvider({ ANTHROPIC_API_KEY: 'x', GEMINI_API_KEY: 'y' })).toMatchObject({
      name: 'anthropic',
      variable: 'ANTHROPIC_API_KEY',
    });
    expect(findProvider({ OPENAI_API_KEY: ' ', GOOGLE_APIKEY: 'y' })).toMatchObject({ name: 'google-gemini' });
    try {
      findProvider({});
      expect.fail('found a provider without a key');
    } catch (error) {
      expect(isOptrailError(error) && error.code).toBe('not_configured');
    }
  });

  test('shows a ceiling that covers every call, in calls and dollars, for each provider', () => {
    for (const variable of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY']) {
      const { ceiling, student } = openLive(ax, findProvider({ [variable]: 'x' }), TRIAGE_BUDGET);
      expect(ceiling.calls).toBeGreaterThan(TRIAGE_BUDGET.metricCalls + 2 * testTickets.length + 2 * TRIAGE_BUDGET.trials);
      expect(ceiling.dollars).toBeGreaterThan(0.01);
      expect(ceiling.dollars).toBeLessThan(5);
      expect(student.getFeatures().streaming).toBe(true);
    }
    expect(estimateCeiling(offline(), provider, TRIAGE_BUDGET).dollars).toBeNull();
  });

  test('refuses calls over the ceiling, and still comes to an end', async () => {
    const allowance = new Allowance({ calls: 60, dollars: null });
    const recorder = fakeRecorder();
    const report = await runTriage({ ax, trackRun: recorder.trackRun, run: { projectId: 'demo' }, student: allowance.guard(offline()) });
    expect(allowance.calls).toBe(60);
    expect(allowance.refused).toBeGreaterThan(0);
    expect(report.runId).toBe(recorder.run.id);
    const refused = recorder.run.recorded.flatMap(({ samples }) => samples).filter(({ success }) => success === false);
    expect(refused[0]?.errorMessage).toContain('ceiling of 60 calls');
  });

  test('refuses calls once the money is spent', async () => {
    const model = offline();
    const priced = new Proxy(model, {
      get: (target, key) => (key === 'getEstimatedCost' ? () => 0.01 : Reflect.get(target, key).bind?.(target)),
    });
    const allowance = new Allowance({ calls: 100, dollars: 0.03 });
    const service = allowance.guard(priced);
    const ask = () => service.chat({ chatPrompt: [{ role: 'user', content: 'Ticket: hello' }] });
    for (let call = 0; call < 3; call += 1) await ask();
    await expect(ask()).rejects.toThrow('ceiling of 100 calls and $0.03');
  });
});

test('Ax is there', async () => {
  expect(await loadAx()).toHaveProperty('AxGEPA');
});
