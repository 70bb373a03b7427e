import { ApiKeySchema, CreateApiKeySchema, CreatedApiKeySchema } from '../../schemas/key.js';
import { IdSchema } from '../../schemas/primitives.js';
import { created, list, ok } from '../http/reply.js';
import { aKey } from '../openapi/examples.js';
import { route } from '../route.js';
import { exampleList, listOf, ProjectPath } from './shapes.js';

const KeyPath = ProjectPath.extend({ keyId: IdSchema });

export const keyRoutes = [
  route({
    method: 'GET',
    path: '/v1/projects/:projectId/keys',
    operation: 'listApiKeys',
    tag: 'Keys',
    summary: 'List the API keys of a project, revoked ones too',
    access: 'owner',
    params: ProjectPath,
    answers: { 200: { description: 'The newest first, without their secrets.', schema: listOf(ApiKeySchema), example: exampleList(aKey) } },
    handle: async ({ client, params: { projectId }, signal }) => list(await client.listApiKeys(projectId, { signal })),
  }),
  route({
    method: 'POST',
    path: '/v1/projects/:projectId/keys',
    operation: 'createApiKey',
    tag: 'Keys',
    summary: 'Make an API key',
    description: 'Its secret is shown this once.',
    access: 'owner',
    params: ProjectPath,
    body: { schema: CreateApiKeySchema, example: { name: 'nightly optimizer', scope: 'write', expiresAt: '2027-11-26T00:00:00Z' } },
    answers: {
      201: {
        description: 'The key with its secret.',
        schema: CreatedApiKeySchema,
        example: { ...aKey, secret: `${aKey.prefix}_${'x'.repeat(43)}` },
      },
    },
    refusals: ['not_found', 'invalid_input', 'constraint_violation'],
    handle: async ({ client, params: { projectId }, signal, body }) =>
      created(await client.createApiKey(projectId, (await body()) as never, { signal })),
  }),
  route({
    method: 'DELETE',
    path: '/v1/projects/:projectId/keys/:keyId',
    operation: 'revokeApiKey',
    tag: 'Keys',
    summary: 'End a key at once',
    description: 'One that has ended is returned as it is.',
    access: 'owner',
    params: KeyPath,
    answers: { 200: { description: 'The key.', schema: ApiKeySchema, example: { ...aKey, revokedAt: '2026-11-27T00:00:00.000Z' } } },
    refusals: ['not_found'],
    handle: async ({ client, params: { projectId, keyId }, signal }) => ok(await client.revokeApiKey(projectId, keyId, { signal })),
  }),
];
