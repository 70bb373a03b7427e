import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { ProblemSchema } from '../../src/server/http/problem.js';
import { openApiDocument } from '../../src/server/openapi/document.js';
import type { Media, Operation, Response } from '../../src/server/openapi-types.js';
import { ROUTES } from '../../src/server/routes/index.js';
import { cliHere } from '../cli/process.js';
import { useServer } from './server.js';

const document = openApiDocument(ROUTES);
const OPERATIONS = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
);

describe('the OpenAPI document', () => {
  const { request } = useServer('embedded');

  test('is valid, and the same from the server and the command line', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect(errors ?? valid).toBe(true);
    expect((await request('GET', '/v1/openapi.json')).json).toEqual(JSON.parse(JSON.stringify(document)));
    const { code, stdout } = await cliHere(['openapi']);
    expect([code, JSON.parse(stdout)]).toEqual([0, JSON.parse(JSON.stringify(document))]);
  });

  test('holds every route, each under a name of its own', () => {
    expect(OPERATIONS).toHaveLength(ROUTES.length);
    expect(new Set(OPERATIONS.map(([, { operationId }]) => operationId)).size).toBe(ROUTES.length);
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const [, operation] of OPERATIONS) expect(tags).toContain(operation.tags[0]);
  });

  test.each(OPERATIONS)('%s has an example of whatever goes in and out', (_, operation) => {
    for (const media of Object.values(operation.requestBody?.content ?? {})) expect(media.example).toBeDefined();
    for (const [status, { description, content = {} }] of responsesOf(operation)) {
      expect(description.length).toBeGreaterThan(3);
      for (const [type, media] of Object.entries(content)) expect(examplesOf(media), `${status} ${type}`).not.toEqual([]);
      const problems = content['application/problem+json'];
      for (const problem of problems === undefined ? [] : examplesOf(problems)) {
        expect(ProblemSchema.strict().parse(problem).status).toBe(Number(status));
      }
    }
  });

  test.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))('the examples of %s are as it says', (_, route) => {
    const { body, answers } = route;
    if (body !== undefined) expect(body.schema.safeParse(body.example).error?.issues ?? []).toEqual([]);
    for (const { schema, line, example } of Object.values(answers)) {
      // What a schema does not know it leaves out: then the example says more than is documented.
      if (schema !== undefined) expect(schema.parse(example)).toEqual(example);
      else if (line !== undefined) expect(line.parse(example)).toEqual(example);
    }
  });

  test('refers to nothing that it does not hold', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g);
    const components = document.components as unknown as Record<string, Record<string, unknown>>;
    for (const [, kind = '', name = ''] of references) expect(components[kind]?.[name], `${kind}/${name}`).toBeDefined();
    expect(JSON.stringify(document)).not.toMatch(/__schema|\$defs/);
  });

  test('as a page it shows every operation and error, and loads nothing', async () => {
    const { text } = await request('GET', '/docs');
    for (const [, { operationId, summary }] of OPERATIONS) {
      expect(text).toContain(`id="${operationId}"`);
      expect(text).toContain(summary.replaceAll('&', '&amp;'));
    }
    expect(text).toContain('id="error-ambiguous_id"');
    expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:\/\//);
    const anchors = [...text.matchAll(/href="#([^"]+)"/g)].map(([, name]) => name as string);
    for (const name of new Set(anchors)) expect(text).toContain(`id="${name}"`);
  });
});

function examplesOf({ example, examples = {} }: Media): unknown[] {
  return example === undefined ? Object.values(examples).map(({ value }) => value) : [example];
}

function responsesOf({ responses }: Operation): [string, Response][] {
  return Object.entries(responses).map(([status, given]) => [
    status,
    '$ref' in given ? (document.components.responses[given.$ref.split('/').at(-1) ?? ''] as Response) : given,
  ]);
}
