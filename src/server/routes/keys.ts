import { aKey } from '../openapi/examples.js';
import { functionRoute } from './function-route.js';
import { exampleList } from './shapes.js';

export const keyRoutes = [
  functionRoute('listApiKeys', {
    tag: 'Keys',
    summary: 'List the API keys of a project, revoked ones too',
    answer: { description: 'The newest first, without their secrets.', example: exampleList(aKey) },
  }),
  functionRoute('createApiKey', {
    tag: 'Keys',
    summary: 'Make an API key',
    description: 'Its secret is shown this once.',
    body: { example: { name: 'nightly optimizer', scope: 'write', expiresAt: '2027-11-26T00:00:00Z' } },
    answer: { description: 'The key with its secret.', example: { ...aKey, secret: `${aKey.prefix}_${'x'.repeat(43)}` } },
    status: 201,
    refusals: ['not_found', 'invalid_input', 'constraint_violation'],
  }),
  functionRoute('revokeApiKey', {
    tag: 'Keys',
    summary: 'End a key at once',
    description: 'One that has ended is returned as it is.',
    answer: { description: 'The key.', example: { ...aKey, revokedAt: '2026-11-27T00:00:00.000Z' } },
    refusals: ['not_found'],
  }),
];
