import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonErrorPosition } from '../../src/server/http/json-position.js';
import { newProject } from '../support/records.js';
import { linesIn, useServer } from './server.js';

const LIMIT = 64 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const NDJSON = { 'content-type': 'application/x-ndjson' };

describe('what comes in', () => {
  const { request } = useServer('embedded', { maxBodyBytes: LIMIT });
  const run = () => ({ projectId: newProject(), runName: 'a', optimizerType: 'gepa' });
  const posted = (raw: string | Uint8Array | ReadableStream, headers: Record<string, string> = JSON_TYPE) =>
    request('POST', '/v1/runs', { raw, headers });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('%s is read, and a bomb of it is refused before it has gone off', async (encoding, compress) => {
    const headers = { ...JSON_TYPE, 'content-encoding': encoding };
    expect((await posted(compress(JSON.stringify(run())), headers)).status).toBe(201);
    const bomb = compress(Buffer.alloc(50_000_000, 32));
    expect(bomb.length).toBeLessThan(LIMIT);
    expect((await posted(bomb, headers)).json).toMatchObject({ status: 413, code: 'too_large', retryable: false });
    expect((await posted(compress(JSON.stringify(run())).subarray(0, 20), headers)).json).toMatchObject({ status: 400 });
    expect((await posted('{}', headers)).json).toMatchObject({ status: 400, code: 'invalid_input' });
  });

  test('an encoding that is not known is refused with 415, and says which are', async () => {
    const { json, headers } = await posted('{}', { ...JSON_TYPE, 'content-encoding': 'zstd' });
    expect(json).toMatchObject({ status: 415, code: 'invalid_input', hint: expect.stringContaining('gzip') });
    expect(headers.get('accept-encoding')).toBe('gzip, deflate, br');
  });

  test('a body that says that it is too large is refused unread, and one that does not say so as soon as it is', async () => {
    let read = 0;
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          read += 1;
          controller.enqueue(new Uint8Array(16 * 1024).fill(32));
        },
      });
    const declared = await posted(endless(), { ...JSON_TYPE, 'content-length': '200000000' });
    expect(declared.json).toMatchObject({ status: 413, code: 'too_large' });
    expect(read).toBeLessThan(3);
    expect((await posted(endless())).json).toMatchObject({ status: 413 });
    expect(read).toBeLessThan(20);
    const within = JSON.stringify(run());
    expect((await posted(within + ' '.repeat(LIMIT - within.length))).status).toBe(201);
    expect((await posted(within + ' '.repeat(LIMIT - within.length + 1))).status).toBe(413);
  });

  test.each([
    ['a value is missing', '{"a":}', 'at character 6'],
    ['an object has no end', '{"a":1', 'it ends too early'],
    ['a brace is too many', '{"a":1}}', 'at character 8'],
    ['a comma is too many', '[1,]', 'at character 4'],
    ['a word has no end', 'nul', 'at character 1'],
    ['an escape is none', '{"a":"\\x"}', 'at character 7'],
    ['a text has no end', '{"a":"a secret prompt', 'it ends too early'],
    ['nothing is closed', '['.repeat(30_000), 'it ends too early'],
  ])('where %s the place is told, and not the text', async (_, text, place) => {
    const { json } = await posted(text);
    expect(json).toMatchObject({ status: 400, code: 'invalid_input', detail: `The body is not JSON: ${place}.` });
  });

  test('the place is where JSON.parse finds it, wherever that says so', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '\\', 'x', '{', '-', '0', '\n'))
      .map(([text, at, by]) => {
        const index = at % (text.length + 1);
        return text.slice(0, index) + by + text.slice(index + 1);
      });
    fc.assert(
      fc.property(broken, (text) => {
        const said = problemOf(text);
        const at = jsonErrorPosition(text);
        expect(at).toBeLessThanOrEqual(text.length);
        if (said === 'end') expect(text.slice(at)).toMatch(/^(t|tr|tru|f|fa|fal|fals|n|nu|nul|\\(u[\da-fA-F]{0,3})?)?$/);
        if (typeof said === 'number') expect(said - at).toSatisfy((difference: number) => difference >= 0 && difference <= 8);
      }),
      { numRuns: 500 },
    );
  });

  test('invalid UTF-8 is refused, in bodies and in queries', async () => {
    const body = Buffer.concat([Buffer.from('{"projectId":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect((await posted(body)).json).toMatchObject({ status: 400, detail: 'The body is not UTF-8.' });
    expect((await request('GET', '/v1/runs?search=%ff')).json).toMatchObject({ status: 400, code: 'invalid_input' });
    expect((await request('GET', '/v1/runs?search=%EF%BF%BD')).status).toBe(200);
  });

  test('a body of another type is refused with 415', async () => {
    expect((await posted('{}', { 'content-type': 'text/plain' })).json).toMatchObject({ status: 415 });
    expect((await posted('{}', { 'content-type': 'application/json; charset=latin1' })).json).toMatchObject({ status: 415 });
    expect((await posted(JSON.stringify(run()), { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(201);
    expect((await request('POST', '/v1/runs')).json).toMatchObject({ status: 422, code: 'invalid_input' });
  });

  test('parameters that are unknown, given twice or of no use are named', async () => {
    const pointers = async (path: string) => (await request('GET', path)).json.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await pointers('/v1/runs?limti=5&__proto__=1')).toEqual(['#/limti', '#/__proto__']);
    expect(await pointers('/v1/runs?limit=5&limit=6&count=true&count=true')).toEqual(['#/limit', '#/count']);
    expect(await pointers('/v1/runs?limit=ten&status=done&config=%5B1')).toEqual(['#/status/0', '#/config', '#/limit']);
    expect(await pointers('/v1/runs?limit=1001')).toEqual(['#/limit']);
    expect(await pointers('/v1/projects?x=1')).toEqual(['#/x']);
    expect(await pointers('/v1/runs/not-an-id')).toEqual(['#/runId']);
    expect(await pointers(`/v1/runs/0199f3a2-7b1e-7c44-9d0a-3f5b8a1c2d4e/iterations/one`)).toEqual(['#/number']);
    expect(await pointers('/v1/projects/%00/members')).toEqual(['#/projectId']);
  });

  test('a line that is too long ends the request; what came before it is stored', async () => {
    const { text } = await posted(`${JSON.stringify(run())}\n{"x":"${'x'.repeat(LIMIT)}"}\n${JSON.stringify(run())}`, NDJSON);
    expect(linesIn(text)).toMatchObject([
      { line: 1, status: 201 },
      { line: 2, status: 413 },
    ]);
  });

  test('many small lines take the memory of a batch, however many they are', async () => {
    const { id } = (await request('POST', '/v1/runs', { body: run() })).json;
    let line = 0;
    const samples = new ReadableStream({
      pull(controller) {
        if (line === 3000) return controller.close();
        const lines = Array.from({ length: 100 }, () => `${JSON.stringify({ iteration: 1, sampleIndex: line++, score: 0.5 })}\n`);
        controller.enqueue(new TextEncoder().encode(lines.join('')));
      },
    });
    const { text } = await request('POST', `/v1/runs/${id}/samples`, { raw: samples, headers: NDJSON });
    expect(linesIn(text)).toHaveLength(3000);
    expect((await request('GET', `/v1/runs/${id}`)).json).toMatchObject({ samplesEvaluated: 3000 });
    const rows = await request('GET', `/v1/runs/${id}/samples`, { headers: { accept: 'application/x-ndjson' } });
    expect(linesIn(rows.text).map(({ sampleIndex }) => sampleIndex)).toEqual(Array.from({ length: 3000 }, (_, index) => index));
  });

  test('where one of a batch is refused by the database, the others are stored', async () => {
    const { id } = (await request('POST', '/v1/runs', { body: run() })).json;
    await request('POST', `/v1/runs/${id}/iterations`, { body: { iteration: 1 } });
    const stranger = '0199f3a2-7b1e-7c44-9d0a-3f5b8a1c2d4e';
    const samples = [0, 1, 2].map((sampleIndex) => ({
      iteration: 1,
      sampleIndex,
      ...(sampleIndex === 1 ? { iterationId: stranger } : {}),
    }));
    const raw = samples.map((each) => JSON.stringify(each)).join('\n');
    const { text } = await request('POST', `/v1/runs/${id}/samples`, { raw, headers: NDJSON });
    expect(linesIn(text)).toMatchObject([{ status: 201 }, { line: 2, problem: { retryable: false } }, { status: 201 }]);
    expect((await request('GET', `/v1/runs/${id}/samples`)).json.data).toHaveLength(2);
  });
});

/** Where JSON.parse stops, `end` where the text only ends too early, undefined where it does not say. */
function problemOf(text: string): number | 'end' | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const { message } = error as SyntaxError;
    if (message === 'Unexpected end of JSON input') return 'end';
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? undefined : Number(position);
  }
}
