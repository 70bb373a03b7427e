import { ABSENT, aRun } from '../support/records.js';
import type { Entry } from './entries.js';
import type { Sent } from './wire.js';

/** What there is to send it at. */
export interface HttpTarget {
  projectId: string;
  strangersProject: string;
  runId: string;
  /** API keys that may write: to the project, and to the other one. */
  key: string;
  strangersKey: string;
}

/** What is refused, by which status, and with which pointers: none where the fault has no place in the request. */
export interface HttpRow {
  entry: Entry;
  sent: string;
  request(target: HttpTarget): Sent;
  status: number;
  code: string;
  pointers?: readonly string[];
}

const refused = (entry: Entry, sent: string, request: HttpRow['request'], pointer: string): HttpRow => ({
  ...{ entry, sent, request },
  ...{ status: 422, code: 'invalid_input', pointers: [pointer] },
});
/** What is no JSON, or no HTTP that can be read as what it says it is. */
const malformed = (entry: Entry, sent: string, request: HttpRow['request'], status = 400): HttpRow => ({
  ...{ entry, sent, request, status },
  code: 'invalid_input',
});
/** Holds more than is built. */
const tooMuch = (entry: Entry, sent: string, request: HttpRow['request']): HttpRow => ({
  ...{ entry, sent, request },
  ...{ status: 413, code: 'too_large' },
});

const RUN_FIELDS = ['runName', 'notes', 'tags', 'config', 'metadata', 'totalTokens', 'startTime', '__proto__'];
const ITERATION_FIELDS = ['program', 'params', 'iteration', 'score', '__proto__'];
const SAMPLE_FIELDS = ['input', 'feedback', 'sampleIndex', 'score', '__proto__'];

/** The text of an object of members, some of them JSON text already. */
function text(members: object, ...raw: string[]): string {
  return `{${[JSON.stringify(members).slice(1, -1), ...raw].filter((each) => each !== '').join(',')}}`;
}

type Place = { name: string; fields: readonly string[]; root: string; request(field: string, json: string, target: HttpTarget): Sent };
/** Where a field of what is recorded comes in: alone, and as an item. */
const PLACES: readonly Place[] = [
  {
    ...{ name: 'a run', fields: RUN_FIELDS, root: '#' },
    request: (field, json, { projectId }) => ({ path: '/v1/runs', body: text(without(aRun(projectId), field), `"${field}":${json}`) }),
  },
  {
    ...{ name: 'an iteration', fields: ITERATION_FIELDS, root: '#' },
    request: (field, json, { runId }) => ({
      path: `/v1/runs/${runId}/iterations`,
      body: text(without({ iteration: 999 }, field), `"${field}":${json}`),
    }),
  },
  {
    ...{ name: 'samples', fields: SAMPLE_FIELDS, root: '#/samples/1' },
    request: (field, json, { runId }) => ({
      path: `/v1/runs/${runId}/samples`,
      body: `{"samples":[{"iteration":999,"sampleIndex":0},${text(without({ iteration: 999, sampleIndex: 1 }, field), `"${field}":${json}`)}]}`,
    }),
  },
];

function without(members: object, field: string): object {
  return Object.fromEntries(Object.entries(members).filter(([name]) => name !== field));
}

/** JSON text as a field, in each place that has the field. */
const field = (entry: Entry, name: string, json: string, below = ''): HttpRow[] =>
  PLACES.filter(({ fields }) => fields.includes(name)).map((place) =>
    refused(
      entry,
      `${json.slice(0, 40)} as ${name} of ${place.name}`,
      (target) => place.request(name, json, target),
      `${place.root}/${name}${below}`,
    ),
  );
const inJson = (entry: Entry, json: string, below: string): HttpRow[] =>
  ['config', 'metadata', 'program', 'params', 'input'].flatMap((name) => field(entry, name, json, below));
const query = (entry: Entry, search: string, pointer: string): HttpRow =>
  refused(entry, `?${search.slice(0, 60)}`, () => ({ method: 'GET', path: `/v1/runs?${search}` }), pointer);
const path = (entry: Entry, at: string, pointer: string): HttpRow =>
  refused(entry, at.slice(0, 60), () => ({ method: 'GET', path: at }), pointer);
const body = (entry: Entry, sent: string, bytes: string | Uint8Array, status = 400): HttpRow =>
  malformed(entry, sent, () => ({ path: '/v1/runs', body: bytes }), status);

const brackets = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const SQL = 'SQL in sort, filter, cursor and JSON path';
const cursorOf = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
/** A run in the bytes of another encoding. */
const utf16 = Buffer.from(JSON.stringify(aRun('utf16')), 'utf16le');
const cut = (...bytes: number[]) => Buffer.concat([Buffer.from('{"projectId":"'), Buffer.from(bytes), Buffer.from('"}')]);

/** What is refused over HTTP, entry by entry, and nothing of it is stored. */
export const HTTP_ROWS: readonly HttpRow[] = [
  ...field('NUL in text and in JSON', 'runName', '"a\\u0000b"'),
  ...field('NUL in text and in JSON', 'notes', '"a\\u0000b"'),
  ...field('NUL in text and in JSON', 'tags', '["a\\u0000b"]', '/0'),
  ...inJson('NUL in text and in JSON', '{"a":["\\u0000"]}', '/a/0'),
  body('NUL in text and in JSON', 'the byte', '{"projectId":"a\u0000b"}'),
  path('NUL in text and in JSON', '/v1/projects/a%00b', '#/projectId'),
  path('NUL in text and in JSON', `/v1/runs/${ABSENT}%00`, '#/runId'),
  path('NUL in text and in JSON', '/v1/projects/p/search?q=a%00b', '#/q'),
  query('NUL in text and in JSON', 'search=a%00b', '#/search'),
  query('NUL in text and in JSON', 'config=%7B%22a%22%3A%22%5Cu0000%22%7D', '#/config/a'),
  ...field('lone surrogates', 'runName', '"half \\ud83d"'),
  ...inJson('lone surrogates', '{"a":"\\udc00\\ud800"}', '/a'),
  query('lone surrogates', 'config=%7B%22a%22%3A%22%5Cud83d%22%7D', '#/config/a'),
  malformed('lone surrogates', 'as bytes in a query', () => ({ method: 'GET', path: '/v1/runs?search=%ed%a0%bd' })),
  ...['NaN', 'Infinity', '-Infinity'].map((name) => body('NaN and infinities', name, `{"finalScore":${name}}`)),
  ...field('NaN and infinities', 'score', '"NaN"'),
  query('NaN and infinities', 'minScore=NaN', '#/minScore'),
  ...['1e400', '1e131071'].flatMap((number) => [
    ...field(number as Entry, 'score', number),
    ...field(number as Entry, 'score', `-${number}`),
    ...inJson(number as Entry, `{"a":[${number}]}`, '/a/0'),
    query(number as Entry, `minScore=${number}`, '#/minScore'),
  ]),
  ...field('2^53+1', 'totalTokens', '9007199254740993'),
  query('2^53+1', 'limit=9007199254740993', '#/limit'),
  ...field('int4 and int8 overflow', 'iteration', '2147483648'),
  ...field('int4 and int8 overflow', 'sampleIndex', '2147483648'),
  ...field('int4 and int8 overflow', 'totalTokens', '9223372036854775808'),
  path('int4 and int8 overflow', `/v1/runs/${ABSENT}/iterations/4294967296`, '#/number'),
  path('int4 and int8 overflow', `/v1/runs/${ABSENT}/samples?cursor=4294967296.0`, '#/cursor'),
  query('int4 and int8 overflow', 'limit=9223372036854775808', '#/limit'),
  ...[65, 5_000, 20_000].flatMap((depth) => inJson('depth 65, 5,000 and 20,000', `{"a":${brackets(depth - 1)}}`, `/a${'/0'.repeat(63)}`)),
  tooMuch('5 million brackets', 'never closed', () => ({ path: '/v1/runs', body: '['.repeat(5_000_000) })),
  tooMuch('5 million brackets', 'in a program', ({ runId }) => ({
    path: `/v1/runs/${runId}/iterations`,
    body: `{"iteration":999,"program":${brackets(5_000_000)}}`,
  })),
  ...field('__proto__, constructor, prototype', '__proto__', '{"polluted":1}'),
  query('__proto__, constructor, prototype', '__proto__=1', '#/__proto__'),
  query('__proto__, constructor, prototype', 'constructor=1', '#/constructor'),
  ...['__proto__', 'constructor', 'toString'].map((name) =>
    malformed('__proto__, constructor, prototype', `Content-Encoding: ${name}`, () => encoded(name), 415),
  ),
  ...['"infinity"', '"0000-06-01T00:00:00Z"', '"+275761-01-01T00:00:00Z"', '"now"'].flatMap((time) =>
    field('times out of range', 'startTime', time),
  ),
  query('times out of range', 'createdAfter=infinity', '#/createdAfter'),
  ...field('a name of 9 KB', 'runName', `"${'x'.repeat(9_000)}"`),
  query('a name of 9 KB', `projectId=${'x'.repeat(9_000)}`, '#/projectId'),
  path('a name of 9 KB', `/v1/projects/${'x'.repeat(9_000)}`, '#/projectId'),
  refused(
    'a batch of a million',
    'of empty samples',
    ({ runId }) => ({ path: `/v1/runs/${runId}/samples`, body: `{"samples":[${'{},'.repeat(999_999)}{}]}` }),
    '#/samples',
  ),
  query(SQL, 'orderBy=id%3B%20drop%20table%20optimization_runs', '#/orderBy'),
  query(SQL, 'orderDirection=asc%20nulls%20first', '#/orderDirection'),
  query(SQL, "status=x'%20or%20true--", '#/status/0'),
  query(SQL, "status'%20or%20true--=1", "#/status'%20or%20true--"),
  ...[
    "'%20or%20true%20--",
    cursorOf('created_at', 'desc', "'; drop table optimization_runs; --", 'x'),
    cursorOf('created_at', 'desc', "now()'; select 1; --", ABSENT),
    cursorOf('id', 'desc', '1', ABSENT),
  ].map((cursor) => query(SQL, `cursor=${cursor}`, '#/cursor')),
  path(SQL, `/v1/runs/${ABSENT}/samples?cursor=1.1'%20or%20true`, '#/cursor'),
  path(SQL, `/v1/runs/'%20or%20true--`, '#/runId'),
  {
    entry: "a project that is not the key's",
    sent: 'in the body of a run',
    request: ({ strangersProject }) => ({ path: '/v1/runs', body: JSON.stringify(aRun(strangersProject)) }),
    status: 403,
    code: 'forbidden',
  },
  {
    entry: "a project that is not the key's",
    sent: "in an iteration of the key's own run",
    request: ({ runId, strangersProject }) => ({
      path: `/v1/runs/${runId}/iterations`,
      body: JSON.stringify({ iteration: 1, projectId: strangersProject }),
    }),
    status: 404,
    code: 'not_found',
  },
  refused(
    "a project that is not the key's",
    'in the body, beside its own in the query',
    ({ runId, projectId, strangersProject }) => ({
      path: `/v1/runs/${runId}/sample?projectId=${projectId}`,
      body: JSON.stringify({ iteration: 1, sampleIndex: 0, projectId: strangersProject }),
    }),
    '#/projectId',
  ),
  ...[
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc%2fpasswd',
    '/v1/../../../etc/passwd',
    '/assets/..%5c..%5csecret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%252e%252e/secret.txt',
    '//secret.txt',
    '/.../secret.txt',
  ].map(
    (at): HttpRow => ({
      ...{ entry: 'a path as a name', sent: at, status: 404, code: 'not_found' },
      request: () => ({ method: 'GET', path: at }),
    }),
  ),
  ...['..%2f..%2fetc%2fpasswd', '%2e%2e%2f'].map(
    (name): HttpRow => ({
      ...{ entry: 'a path as a name', sent: `the project ${name}`, status: 404, code: 'not_found', pointers: ['#/projectId'] },
      request: () => ({ method: 'GET', path: `/v1/projects/${name}` }),
    }),
  ),
  body('invalid UTF-8', 'ff fe', cut(0xff, 0xfe)),
  body('invalid UTF-8', 'an overlong slash', cut(0xc0, 0xaf)),
  body('invalid UTF-8', 'half of a pair', cut(0xed, 0xa0, 0xbd)),
  body('invalid UTF-8', 'a text that is cut off', cut(0xe2, 0x82)),
  body('invalid UTF-8', 'UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])),
  malformed('invalid UTF-8', 'in a query', () => ({ method: 'GET', path: '/v1/runs?search=%ff' })),
  malformed('invalid UTF-8', 'in a path', () => ({ method: 'GET', path: '/v1/projects/a%ff' })),
  malformed('invalid UTF-8', 'in the path of what is written', ({ projectId }) => ({
    ...{ method: 'PUT', path: `/v1/projects/${projectId}/members/%c0%af`, body: '{"role":"viewer"}' },
  })),
  malformed(
    'invalid UTF-8',
    'another charset',
    () => ({
      ...{ path: '/v1/runs', body: '{}', headers: { 'content-type': 'application/json; charset=utf-7' } },
    }),
    415,
  ),
  ...['https://evil.example', 'null', 'file://', 'http://127.0.0.1', 'http://localhost:1'].map(
    (origin): HttpRow => ({
      ...{ entry: 'a foreign Origin', sent: origin, status: 403, code: 'forbidden' },
      request: ({ projectId }) => ({ path: '/v1/runs', body: JSON.stringify(aRun(projectId)), headers: { origin } }),
    }),
  ),
  {
    ...{ entry: "a live stream with another tenant's key", sent: 'of a run', status: 404, code: 'not_found', pointers: ['#/runId'] },
    request: ({ runId, strangersKey }) => ({ method: 'GET', path: `/v1/runs/${runId}/events`, bearer: strangersKey }),
  },
  {
    ...{
      entry: "a live stream with another tenant's key",
      sent: 'of a project',
      status: 404,
      code: 'not_found',
      pointers: ['#/projectId'],
    },
    request: ({ projectId, strangersKey }) => ({ method: 'GET', path: `/v1/projects/${projectId}/events`, bearer: strangersKey }),
  },
];

function encoded(encoding: string): Sent {
  return { path: '/v1/runs', body: '{}', headers: { 'content-encoding': encoding } };
}
