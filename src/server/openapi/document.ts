import type * as z from 'zod';
import { NAMED_HERE } from '../../schemas/wire.js';
import { JSON_TYPE, NDJSON_TYPE } from '../http/body.js';
import { ProblemSchema } from '../http/problem.js';
import type { JsonSchema, Media, OpenApiDocument, Operation, Parameter, Response } from '../openapi-types.js';
import type { AnswerSpec, BodySpec, Route } from '../route.js';
import { VERSION } from '../version.js';
import { problemsOf } from './problems.js';
import { Components } from './schemas.js';

const TAGS: Readonly<Record<string, string>> = {
  Runs: 'One call of an optimizer each.',
  Iterations: 'Candidates that a run evaluated.',
  Samples: 'Examples that an iteration evaluated.',
  Checkpoints: 'An optimizer’s own state, to go on from.',
  Views: 'Views of runs for a page.',
  Trust: 'Verdicts: is a win real, which edit made it, what did it break.',
  Events: 'Live events of commits.',
  Analytics: 'Rankings and sums.',
  Projects: 'The tenants.',
  Members: 'Users of a project and their roles.',
  Keys: 'API keys of a project.',
  Server: 'About the server itself.',
};

const DESCRIPTION = `The trail of prompt optimization: runs, iterations and samples. JSON in UTF-8, names in camelCase, times as ISO 8601 in UTC. The database decides for each request what the caller may see and do. Every write may be sent again: with the same ids it is stored once.`;

/** OpenAPI 3.1 of the route table, made from the schemas that the server validates with. */
export function openApiDocument(routes: readonly Route[], basePath = ''): OpenApiDocument {
  const components = new Components(NAMED_HERE);
  components.of(ProblemSchema, 'output');
  const responses: Record<string, Response> = { HeadersTooLarge: HEADERS_TOO_LARGE };
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, components, responses) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Optrail', version: VERSION, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components.schemas).sort(([one], [other]) => (one < other ? -1 : 1))),
      responses,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key (`optrail_…`), or a JWT that the server was told to trust.' },
        metrics: { type: 'http', scheme: 'bearer', description: 'The metrics token that the server was told.' },
      },
    },
  };
}

function operationOf(route: Route, components: Components, shared: Record<string, Response>): Operation {
  const { operation, tag, summary, description, access, params, query, body, answers } = route;
  const told: [string, Response | { $ref: string }][] = Object.entries(answers).map(([status, answer]) => [
    status,
    answerOf(answer, components),
  ]);
  if (route.method === 'GET' && answers[200]?.schema !== undefined) told.push(['304', NOT_MODIFIED]);
  told.push(['431', { $ref: '#/components/responses/HeadersTooLarge' }]);
  for (const [status, { codes, response }] of problemsOf(route)) {
    if (answers[status] === undefined) told.push([String(status), sharedResponse(shared, codes, response as Response)]);
  }
  return {
    operationId: operation,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    'x-optrail-access': access,
    // An open server needs no credentials.
    security: access === 'anybody' ? [] : [{ [access === 'scraper' ? 'metrics' : 'bearer']: [] }, {}],
    parameters: [...parametersOf(params, 'path', components), ...parametersOf(query, 'query', components)],
    ...(body === undefined ? {} : { requestBody: bodyOf(body, components) }),
    responses: Object.fromEntries(told),
  };
}

/** Node answers it before the server sees the request, without a body. */
const HEADERS_TOO_LARGE: Response = { description: 'The headers and the URL take more than 16 KiB.' };
const NOT_MODIFIED: Response = { description: 'It is still what the ETag in If-None-Match stands for.' };

function sharedResponse(shared: Record<string, Response>, codes: readonly string[], response: Response): { $ref: string } {
  const name = codes.map((code) => code.replaceAll(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase())).join('Or');
  shared[name] ??= response;
  return { $ref: `#/components/responses/${name}` };
}

function answerOf({ description, schema, example, line, type }: AnswerSpec, components: Components): Response {
  if (type !== undefined) return { description, content: { [type]: { schema: { type: 'string' }, example } } };
  const content = {
    ...(schema === undefined ? {} : { [JSON_TYPE]: { schema: components.of(schema, 'output'), example } }),
    ...(line === undefined ? {} : { [NDJSON_TYPE]: linesOf(components.of(line, 'output'), firstOf(example)) }),
  };
  return Object.keys(content).length === 0 ? { description } : { description, content };
}

function bodyOf({ schema, example, line, optional }: BodySpec, components: Components): NonNullable<Operation['requestBody']> {
  return {
    required: optional !== true,
    content: {
      [JSON_TYPE]: { schema: components.of(schema, 'input'), example },
      ...(line === undefined ? {} : { [NDJSON_TYPE]: linesOf(components.of(line, 'input'), firstOf(example)) }),
    },
  };
}

/** NDJSON as OpenAPI 3.1 describes it: text, with the schema of a line. */
function linesOf(contentSchema: JsonSchema, example: unknown): Media {
  return { schema: { type: 'string', contentMediaType: JSON_TYPE, contentSchema }, example: `${JSON.stringify(example)}\n` };
}

/** The first row of an example of a list. */
function firstOf(example: unknown): unknown {
  const { data, samples } = example as { data?: unknown[]; samples?: unknown[] };
  return (data ?? samples)?.[0] ?? example;
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query', components: Components): Parameter[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = components.of(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(typeof description === 'string' ? { description } : {}),
    ...(property.type === 'object' ? { content: { [JSON_TYPE]: { schema: property } } } : { schema: property }),
  }));
}
