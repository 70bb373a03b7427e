import { describe, expect, test } from 'vitest';
import { Meter, usageFields } from '../../src/optimizers/ax/meter.js';
import type { AxService } from '../../src/optimizers/ax/surface.js';

const usage = (promptTokens: number, completionTokens: number) => ({
  modelUsage: { ai: 'a', model: 'm', tokens: { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens } },
});

class Service implements AxService {
  readonly #price = 0.001;
  constructor(private readonly answer: unknown) {}
  async chat(): Promise<unknown> {
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
  getEstimatedCost({ tokens }: { tokens?: { totalTokens?: number } }): number {
    return (tokens?.totalTokens ?? 0) * this.#price;
  }
}

describe('a meter', () => {
  test('counts calls, tokens and cost, and hands the answer on', async () => {
    const meter = new Meter();
    const answer = { results: [], ...usage(10, 5) };
    expect(await meter.watch(new Service(answer)).chat()).toBe(answer);
    expect(meter.take()).toEqual({ calls: 1, promptTokens: 10, completionTokens: 5, totalTokens: 15, costUsd: 0.015 });
    expect(meter.take().calls).toBe(0);
  });

  test('reads a stream as it passes, and takes its last count', async () => {
    const meter = new Meter();
    const chunks = [{ results: ['a'] }, { results: ['b'], ...usage(10, 1) }, { results: ['c'], ...usage(10, 7) }, { results: ['d'] }];
    const stream = (await meter.watch(new Service(ReadableStream.from(chunks))).chat()) as ReadableStream<unknown>;
    const seen: unknown[] = [];
    for await (const chunk of stream) seen.push(chunk);
    expect(seen).toEqual(chunks);
    expect(meter.take()).toMatchObject({
      calls: 1,
      promptTokens: 10,
      completionTokens: 7,
      totalTokens: 17,
      costUsd: expect.closeTo(0.017),
    });
  });

  test('lets an error through, and knows no tokens of it', async () => {
    const meter = new Meter();
    const boom = new Error('no line');
    await expect(meter.watch(new Service(boom)).chat()).rejects.toBe(boom);
    expect(usageFields(meter.take())).toEqual({});
  });

  test('leaves a frozen service alone', async () => {
    const meter = new Meter();
    const service = Object.freeze(new Service(usage(1, 1)));
    expect(meter.watch(service)).toBe(service);
  });
});
