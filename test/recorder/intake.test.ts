import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mask } from '../../src/recorder/options.js';
import { Snapshot } from '../../src/recorder/sanitize/json-clone.js';
import { Intake } from '../../src/recorder/sanitize/sanitizer.js';
import { Warnings } from '../../src/recorder/warnings.js';
import { CreateOptimizationIterationSchema } from '../../src/schemas/iteration.js';
import { JsonValueSchema } from '../../src/schemas/json.js';

function intake(mask?: Mask, strict = false) {
  const warnings: string[] = [];
  return { intake: new Intake(mask, strict, new Warnings((message) => warnings.push(message))), warnings };
}

const copyOf = (value: unknown) => new Snapshot().copy(value, 'program');
const nested = (depth: number): unknown => (depth === 0 ? 'leaf' : { a: nested(depth - 1) });
const dropped = (reason: string) => ({ $optrail: 'dropped', reason: expect.stringContaining(reason) as string });

describe('a snapshot', () => {
  it('is equal to the JSON of any JSON value, and shares nothing with it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const copy = copyOf(value);
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
      }),
    );
  });

  it('takes anything at all, in a form that the schema accepts', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      maxDepth: 5,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const copy = copyOf(value);
        expect(copy === undefined || JsonValueSchema.safeParse(copy).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('puts a marker where a value has no form, and keeps the rest', () => {
    const circle: Record<string, unknown> = { name: 'kept', list: [1] };
    circle.self = circle;
    (circle.list as unknown[]).push(circle);
    expect(copyOf(circle)).toEqual({ name: 'kept', list: [1, dropped('refers back')], self: dropped('refers back') });
    expect(copyOf({ a: Number.NaN, b: [Number.POSITIVE_INFINITY], c: 0 })).toEqual({ a: dropped('NaN'), b: [dropped('Infinity')], c: 0 });
    const hostile = {
      get boom() {
        throw new Error('no');
      },
      odd: {
        toJSON() {
          throw new Error('never');
        },
      },
      fine: 1,
    };
    expect(copyOf(hostile)).toEqual({ boom: dropped('no'), odd: dropped('never'), fine: 1 });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(copyOf({ proxy, fine: 1 })).toMatchObject({ fine: 1, proxy: { $optrail: 'dropped' } });
  });

  it('cuts what is nested more than 64 deep, and nothing less deep', () => {
    expect(copyOf(nested(64))).toEqual(nested(64));
    expect(JSON.stringify(copyOf(nested(65)))).toContain('nested more than 64 deep');
    for (const depth of [65, 66, 5_000]) expect(JsonValueSchema.safeParse(copyOf(nested(depth))).success).toBe(true);
    const endless = { toJSON: () => endless };
    expect(JsonValueSchema.safeParse(copyOf(endless)).success).toBe(true);
  });

  it('gives up a value that is too large, or that sharing makes too large', () => {
    expect(copyOf(Array(500_001).fill(0))).toEqual(dropped('more than 500000 values'));
    let bomb: unknown = 'x';
    for (let level = 0; level < 40; level += 1) bomb = [bomb, bomb];
    expect(copyOf(bomb)).toEqual(dropped('more than 500000 values'));
    expect(copyOf(['x'.repeat(33 * 1024 * 1024)])).toEqual(dropped('longer than'));
  });

  it('keeps what JSON.stringify would lose without a word', () => {
    expect(
      copyOf({ map: new Map([['a', 1]]), set: new Set([1, 2]), big: 2n ** 64n, bytes: new Uint8Array([1, 2]), date: new Date(0) }),
    ).toEqual({
      map: { a: 1 },
      set: [1, 2],
      big: '18446744073709551616',
      bytes: [1, 2],
      date: '1970-01-01T00:00:00.000Z',
    });
    expect(copyOf({ error: new TypeError('bad') })).toEqual({ error: { name: 'TypeError', message: 'bad' } });
  });

  it('keeps __proto__ as data', () => {
    const copy = copyOf(JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')) as object;
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('an iteration taken in', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1e101, 'high', {}])('with the score %s is stored as failed, and says why', (score) => {
    const { intake: it, warnings } = intake();
    const fields = it.iteration({ score: score as number, status: 'completed', errorMessage: 'before', params: { a: 1 } });
    expect(fields).toMatchObject({ score: null, status: 'failed', params: { a: 1 } });
    expect(fields.errorMessage).toMatch(/^before; score was /);
    expect(warnings).toHaveLength(1);
  });

  it('keeps 0 and takes booleans for 0 and 1', () => {
    const { intake: it, warnings } = intake();
    expect(it.iteration({ score: 0 })).toEqual({ score: 0 });
    expect(it.iteration({ score: true as unknown as number })).toEqual({ score: 1 });
    expect(it.iteration({ score: null })).toEqual({ score: null });
    expect(warnings).toEqual([]);
  });

  it('never loses the score for anything beside it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('program', 'params', 'metadata', 'scores', 'promptTokens', 'startTime', 'odd', 'decisionReason'),
          fc.anything(),
        ),
        (junk) => {
          const fields = intake().intake.iteration({ ...junk, score: 0.25, evalKind: 'full' } as object);
          expect(fields).toMatchObject({ score: 0.25, evalKind: 'full' });
        },
      ),
    );
  });

  it('leaves out single bad objectives and unknown fields, with a word', () => {
    const { intake: it, warnings } = intake();
    expect(it.iteration({ score: 1, scores: { a: 1, b: Number.NaN }, prompt: 'x' } as object)).toEqual({ score: 1, scores: { a: 1 } });
    expect(warnings.join('\n')).toMatch(/prompt is not a known field[\s\S]*|b was NaN/);
    expect(warnings).toHaveLength(2);
  });

  it('wraps what is no object where only an object fits', () => {
    expect(intake().intake.iteration({ params: [1, 2] as unknown as Record<string, unknown> })).toEqual({ params: { value: [1, 2] } });
  });

  it('is refused in a strict run, with every path', () => {
    const { intake: it } = intake(undefined, true);
    expect(() => it.iteration({ score: 1, params: { a: Number.NaN, b: Number.NaN } })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        path: 'params.a',
        issues: [
          { path: 'params.a', message: expect.any(String) as string },
          { path: 'params.b', message: expect.any(String) as string },
        ],
      }),
    );
    expect(it.iteration({ score: 1 })).toEqual({ score: 1 });
  });

  it('copies dates and lists', () => {
    const startTime = new Date(0);
    const parentIterations = [1];
    const fields = intake().intake.iteration({ startTime, parentIterations });
    startTime.setFullYear(2001);
    parentIterations.push(2);
    expect(CreateOptimizationIterationSchema.shape.startTime.parse(fields.startTime)).toBe('1970-01-01T00:00:00.000Z');
    expect(fields.parentIterations).toEqual([1]);
  });
});

describe('a mask', () => {
  it('sees every value that may hold data, with its place', () => {
    const seen: string[] = [];
    const { intake: it } = intake((value, where) => {
      seen.push(where);
      return typeof value === 'string' ? '***' : { masked: where };
    });
    const iteration = it.iteration({
      score: 1,
      params: { a: 1 },
      program: 'p',
      errorMessage: 'e',
      decisionReason: 'r',
      metadata: { m: 1 },
      evalKind: 'full',
    });
    expect(iteration).toEqual({
      score: 1,
      params: { masked: 'params' },
      program: '***',
      errorMessage: '***',
      decisionReason: '***',
      metadata: { masked: 'metadata' },
      evalKind: 'full',
    });
    const sample = it.sample(
      { input: 'i', expectedOutput: { e: 1 }, predictedOutput: [1], feedback: 'f', exampleId: 'x', split: 'dev', metadata: {}, score: 1 },
      0,
    );
    expect(sample).toMatchObject({
      input: '***',
      expectedOutput: { masked: 'expectedOutput' },
      predictedOutput: { masked: 'predictedOutput' },
      feedback: '***',
      exampleId: '***',
      split: 'dev',
    });
    expect(seen).toEqual([
      'params',
      'program',
      'errorMessage',
      'decisionReason',
      'metadata',
      'input',
      'expectedOutput',
      'predictedOutput',
      'feedback',
      'exampleId',
      'metadata',
    ]);
  });

  it('that throws leaves a marker, and its message, which may quote the value, nowhere', () => {
    const { intake: it, warnings } = intake((value) => {
      throw new Error(`cannot parse ${String(value)}`);
    });
    const fields = it.iteration({ score: 1, program: 'secret', errorMessage: 'secret' });
    expect(fields).toEqual({
      score: 1,
      program: { $optrail: 'masked', reason: 'the mask threw an error' },
      errorMessage: '[optrail: masked]',
    });
    expect(JSON.stringify([fields, warnings])).not.toContain('secret');
    expect(warnings).toHaveLength(1);
  });

  it('that answers later leaves a marker', async () => {
    const { intake: it } = intake(() => Promise.reject(new Error('later')));
    expect(it.sample({ input: 'secret' }, 0)).toEqual({
      input: { $optrail: 'masked', reason: expect.stringContaining('promise') as string },
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('changes a copy, and what it keeps or returns can do no harm', () => {
    const kept: Record<string, unknown>[] = [];
    const { intake: it } = intake((value) => {
      const object = value as Record<string, unknown>;
      object.secret = '***';
      object.self = object;
      kept.push(object);
      return object;
    });
    const mine = { secret: 's', n: 1 };
    const fields = it.iteration({ program: mine });
    expect(mine).toEqual({ secret: 's', n: 1 });
    for (const object of kept) object.secret = 'changed later';
    expect(fields.program).toEqual({ secret: '***', n: 1, self: dropped('refers back') });
  });

  it('stores nothing where it returns undefined, and text where it returns an object for text', () => {
    const { intake: it } = intake((_value, where) => (where === 'errorMessage' ? { code: 1 } : undefined));
    expect(it.iteration({ program: 'p', params: { a: 1 }, errorMessage: 'e' })).toEqual({ errorMessage: '{"code":1}' });
  });
});
