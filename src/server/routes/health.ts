import * as z from 'zod';
import { ENDPOINTS } from '../../client/functions/endpoints.js';
import { ReadinessSchema } from '../../schemas/wire.js';
import { ok } from '../http/reply.js';
import { route } from '../route.js';

const HealthSchema = z.object({ ok: z.literal(true), instance: z.string().describe('Tells this server from every other.') });

const READY = { ready: true, problem: null, database: 'postgres', schemaVersion: '001_optimization_runs', events: 'listen' };

export const healthRoutes = [
  route({
    ...ENDPOINTS.health,
    operation: 'health',
    tag: 'Server',
    summary: 'Whether the process answers',
    answers: {
      200: { description: 'It does.', schema: HealthSchema, example: { ok: true, instance: '019ac0de-0000-7000-8000-0000000000aa' } },
    },
    handle: async ({ server: { instance } }) => ok({ ok: true, instance }),
  }),
  route({
    ...ENDPOINTS.readiness,
    operation: 'readiness',
    tag: 'Server',
    summary: 'Whether the server can work: database reachable, schema as it should be',
    answers: {
      200: { description: 'It can.', schema: ReadinessSchema, example: READY },
      503: {
        description: 'It can’t, and why.',
        schema: ReadinessSchema,
        example: { ...READY, ready: false, problem: 'The database does not answer.', database: null, schemaVersion: null, events: 'poll' },
      },
    },
    async handle({ backend }) {
      const readiness = await backend.readiness();
      return readiness.ready ? ok(readiness) : { status: 503, value: readiness };
    },
  }),
  route({
    ...ENDPOINTS.metrics,
    operation: 'metrics',
    tag: 'Server',
    summary: 'Figures for Prometheus',
    description: 'Over all projects: for the user of this machine if the server is open, and for bearers of the metrics token.',
    answers: {
      200: { description: 'In the text format of Prometheus.', type: 'text/plain', example: 'optrail_runs{status="running"} 2\n' },
    },
    handle: async ({ server }) =>
      new Response(await server.metrics.text(), {
        headers: { 'content-type': server.metrics.contentType, 'cache-control': 'no-store' },
      }),
  }),
];
