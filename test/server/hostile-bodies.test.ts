import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { newProject } from '../support/records.js';
import { useServer } from './server.js';

const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

describe('a hostile body', () => {
  const { request } = useServer('embedded');
  let samples: string;
  beforeAll(async () => {
    const body = { projectId: newProject(), runName: 'a', optimizerType: 'gepa' };
    samples = `/v1/runs/${(await request('POST', '/v1/runs', { body })).json.id}/samples`;
  });

  test.each([
    ['ten million empty samples', `{"samples":[${'[],'.repeat(10 * MIB - 10)}[]]}`, 'The body holds more than 1048576 arrays and objects.'],
    ['five million brackets', '['.repeat(5_000_000), 'The body holds more than 32768 levels of nesting.'],
    [
      'two and a half million keys',
      `{${Array.from({ length: 2_500_000 }, (_, index) => `"k${index}":0`).join(',')}}`,
      'The body holds more than 20000 members in one object.',
    ],
    ['fifteen million numbers', `{"samples":[${'0,'.repeat(15 * MIB)}0]}`, 'The body holds more than 4000000 values.'],
  ])('of %s is refused before anything is built from it', async (_, raw, detail) => {
    expect((await request('POST', samples, { raw, headers: JSON_TYPE })).json).toMatchObject({ status: 413, code: 'too_large', detail });
    const line = await request('POST', samples, { raw, headers: { 'content-type': 'application/x-ndjson' } });
    expect(line.json ?? JSON.parse(line.text)).toMatchObject({ status: 413 });
  });

  test('that is compressed a thousandfold is refused after the first MiB', async () => {
    const raw = gzipSync(`{"samples":[${'[],'.repeat(3_000_000)}[]]}`);
    expect(raw.length).toBeLessThan(31 * 1024);
    const { json } = await request('POST', samples, { raw, headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } });
    expect(json).toMatchObject({ status: 413, code: 'too_large', detail: 'The body decompresses to more than 200 times its size.' });
  });

  test('that is wrong a hundred thousand times is told so a hundred times', async () => {
    const { json, text } = await request('POST', samples, { body: { samples: Array.from({ length: 100_000 }, () => ({})) } });
    expect(json).toMatchObject({ status: 422, code: 'invalid_input' });
    expect(json.errors).toHaveLength(100);
    expect(text.length).toBeLessThan(32 * 1024);
  });

  test('whose names are megabytes long is answered in kilobytes', async () => {
    const { json, text } = await request('POST', samples, { body: { samples: [{ ['x'.repeat(4 * MIB)]: 1 }] } });
    expect(json).toMatchObject({ status: 422, code: 'invalid_input' });
    expect(text.length).toBeLessThan(8 * 1024);
    const keys = Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`key ${index}`, 1]));
    const unknown = await request('POST', samples, { body: { samples: [keys] } });
    expect(unknown.json).toMatchObject({ status: 422 });
    expect(unknown.json.errors.length).toBeLessThanOrEqual(100);
  });

  test('that is broken after megabytes is refused without the place', async () => {
    const raw = `{"samples":[${'"",'.repeat(1_000_000)}}`;
    expect((await request('POST', samples, { raw, headers: JSON_TYPE })).json).toMatchObject({
      status: 400,
      detail: 'The body is not JSON.',
    });
  });
});

describe('before its body is read', () => {
  const open = useServer('embedded');

  test('a request is refused if the role of its key is too low', async () => {
    const projectId = newProject();
    await open.request('POST', '/v1/projects', { body: { id: projectId } });
    const { json: key } = await open.request('POST', `/v1/projects/${projectId}/keys`, { body: { name: 'reader', scope: 'read' } });
    let read = 0;
    const raw = new ReadableStream({
      pull(controller) {
        read += 1;
        controller.enqueue(new Uint8Array(64 * 1024).fill(32));
      },
    });
    const headers = { ...JSON_TYPE, authorization: `Bearer ${key.secret}` };
    expect((await open.request('POST', '/v1/runs', { raw, headers })).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect(read).toBeLessThan(3);
    const owner = await open.request('PATCH', `/v1/projects/${projectId}`, { raw: '{', headers });
    expect(owner.json).toMatchObject({ status: 403, code: 'forbidden' });
  });
});
