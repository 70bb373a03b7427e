import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { BulkResultSchema } from '../../src/server/http/bulk-result.js';
import { ProblemSchema } from '../../src/server/http/problem.js';
import { openApiDocument } from '../../src/server/openapi/document.js';
import type { Media, Parameter } from '../../src/server/openapi-types.js';
import type { Route } from '../../src/server/route.js';
import { ROUTES } from '../../src/server/routes/index.js';
import { anyOf } from './arbitrary.js';
import { type Answered, linesIn, useServer } from './server.js';

const REQUESTS = 300;
const RUN = '0199f3a2-7b1e-7c44-9d0a-3f5b8a1c2d4e';
const PROJECT = 'fuzz';

const document = openApiDocument(ROUTES);
/** Streams do not end, the page is tested elsewhere. */
const ASKED = ROUTES.filter(({ path }) => !path.endsWith('/events') && path !== '/docs');

interface Wanted {
  route: Route;
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  type: string | undefined;
  body: unknown;
}

describe('requests made from the document', () => {
  const { request } = useServer('embedded');

  beforeAll(async () => {
    await request('POST', '/v1/runs', { body: { id: RUN, projectId: PROJECT, runName: 'a', optimizerType: 'gepa' } });
    await request('POST', `/v1/runs/${RUN}/iterations`, { body: { iteration: 1, score: 0.5, program: { a: 'b' } } });
    await request('POST', `/v1/runs/${RUN}/sample`, { body: { iteration: 1, sampleIndex: 0, input: 'x', score: 1 } });
  });

  test('are answered as it says, and never by a fault of the server', async () => {
    const seen = new Map<number, number>();
    const property = fc.asyncProperty(wanted(), async (want) => {
      const answer = await send(want);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      expectDocumented(want, answer);
    });
    await fc.assert(property, { numRuns: REQUESTS, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false });
    // Were all of them refused, nothing would have been tried.
    expect([...seen].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(REQUESTS / 20);
  });

  async function send({ route, path, query, type, body }: Wanted): Promise<Answered> {
    const filled = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encoded(path[name]));
    const search = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => `${name}=${encoded(each)}`));
    const raw = type === undefined ? undefined : typeof body === 'string' && type !== 'application/json' ? body : JSON.stringify(body);
    const url = `${filled}${search.length === 0 ? '' : `?${search.join('&')}`}`;
    return request(route.method, url, {
      ...(raw === undefined ? {} : { raw }),
      headers: type === undefined ? {} : { 'content-type': type },
    });
  }
});

/** A request to one of the routes, with parameters and a body as it asks for, mostly. */
function wanted(): fc.Arbitrary<Wanted> {
  return fc.constantFrom(...ASKED).chain((route) => {
    const operation = document.paths[route.path.replaceAll(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
    const parameters = operation?.parameters ?? [];
    const contents = Object.entries(operation?.requestBody?.content ?? {});
    const content: fc.Arbitrary<[string | undefined, Media | undefined]> =
      contents.length === 0 ? fc.constant([undefined, undefined]) : fc.constantFrom(...contents);
    return content.chain(([type, media]) =>
      fc.record({
        route: fc.constant(route),
        path: parametersOf(parameters, 'path'),
        query: parametersOf(parameters, 'query'),
        type: fc.constant(type),
        body: media === undefined ? fc.constant(undefined) : anyOf(document, media.schema),
      }),
    );
  });
}

function parametersOf(parameters: readonly Parameter[], place: Parameter['in']): fc.Arbitrary<Record<string, unknown>> {
  const here = parameters.filter((each) => each.in === place);
  const optional = here.filter(({ required }) => !required);
  return fc.subarray(optional, { maxLength: Math.min(2, optional.length) }).chain((some) => {
    const given = [...here.filter(({ required }) => required), ...some];
    return fc.record(Object.fromEntries(given.map((each) => [each.name, parameterOf(each)])));
  });
}

/** Of what there is, mostly: a name that nobody has leads nowhere. */
function parameterOf({ name, schema = {} }: Parameter): fc.Arbitrary<unknown> {
  const any = anyOf(document, schema);
  const there = { runId: schema.type === 'array' ? [RUN] : RUN, projectId: PROJECT, number: 1, iteration: 1 }[name];
  return there === undefined ? any : fc.oneof({ weight: 5, arbitrary: fc.constant(there) }, { weight: 1, arbitrary: any });
}

/** As text in a URL; half a surrogate pair has no form there. */
function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed()) || '%20';
}

function expectDocumented({ route }: Wanted, { status, headers, text, json }: Answered): void {
  const isRefused = status >= 400;
  // An odd path may lead past the route: there is no route then, and that is not documented anywhere.
  if (status === 404 && json?.hint?.includes('/docs')) return;
  expect(status, text).toBeLessThan(500);
  const operation = document.paths[route.path.replaceAll(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
  expect(Object.keys(operation?.responses ?? {}), `${status} of ${route.method} ${route.path}: ${text}`).toContain(String(status));
  if (isRefused) {
    expect(headers.get('content-type')).toBe('application/problem+json');
    return void ProblemSchema.strict().parse(json);
  }
  const { schema, line } = route.answers[status] ?? {};
  if (headers.get('content-type') === 'application/x-ndjson')
    for (const each of linesIn(text)) expect((line ?? BulkResultSchema).parse(each)).toEqual(each);
  else if (schema !== undefined) expect(schema.parse(json)).toEqual(json);
}
