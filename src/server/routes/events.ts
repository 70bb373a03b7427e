import * as z from 'zod';
import { ENDPOINTS } from '../../client/functions/endpoints.js';
import { openStream } from '../live/stream.js';
import type { EventTopic } from '../port.js';
import { type AnswerSpec, type Call, route } from '../route.js';
import { present } from './absent.js';
import { ByIdQuery, ProjectPath, RunPath } from './shapes.js';

const place = {
  lastEventId: z.string().max(200_000).optional().describe('The id of the last message had, for a client that cannot set `Last-Event-ID`.'),
};
const RunEventsQuery = ByIdQuery.extend(place);
const ProjectEventsQuery = z.strictObject(place);

const DESCRIPTION = `Server-sent events. \`hello\` comes first, with \`{"mode":"listen"|"poll"}\`. Then \`run.status\`, \`run.changed\`,
\`run.deleted\`, \`iteration.recorded\` and \`samples.recorded\`, as they are committed: ids alone, several of one kind within 50 ms as one. An event may
come twice after a reconnection, and none is left out: send the last id as \`Last-Event-ID\`, as an \`EventSource\` does by itself. \`reset\` says that
events are no longer kept (an hour, at most 100,000): read everything anew. \`goodbye\` comes before the server ends the stream, with the reason
\`shutdown\` or \`unauthorized\`. A comment every 15 s shows that the connection lives.`;

const EXAMPLE = `event: iteration.recorded
id: 1042:1042:
data: {"kind":"iteration.recorded","projectId":"demo","runId":"0199d3a8-0000-7000-8000-00000000000a","iterations":[3],"status":null}

`;

const STREAM: AnswerSpec = { description: 'The stream, until either side ends it.', type: 'text/event-stream', example: EXAMPLE };

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would buffer events otherwise.
  'x-accel-buffering': 'no',
};

export const eventRoutes = [
  route({
    ...ENDPOINTS.followRun,
    operation: 'followRun',
    tag: 'Events',
    summary: 'Follow a run as it is recorded',
    description: DESCRIPTION,
    params: RunPath,
    query: RunEventsQuery,
    answers: { 200: STREAM },
    refusals: ['not_found', 'ambiguous_id'],
    async handle(call) {
      const { client, params, query, signal } = call;
      const run = present(await client.getOptimizationRun(params.runId, { projectId: query.projectId, signal }), 'runId', 'run');
      return streamOf(call, { projectId: run.projectId, runId: run.id });
    },
  }),
  route({
    ...ENDPOINTS.followProject,
    operation: 'followProject',
    tag: 'Events',
    summary: 'Follow all runs of a project as they are recorded',
    description: DESCRIPTION,
    params: ProjectPath,
    query: ProjectEventsQuery,
    answers: { 200: STREAM },
    refusals: ['not_found'],
    async handle(call) {
      const { client, params, signal } = call;
      const project = present(await client.getProject(params.projectId, { signal }), 'projectId', 'project');
      return streamOf(call, { projectId: project.id });
    },
  }),
];

async function streamOf(call: Call<unknown, { lastEventId?: string | undefined }>, topic: EventTopic): Promise<Response> {
  const { request, query, client, caller, backend, recheck, recheckMs, closing, signal } = call;
  // HEAD: a stream would never be read or closed.
  if (request.method === 'HEAD') return new Response(null, { headers: HEADERS });
  const body = await openStream({
    feed: backend.events,
    caller,
    topic,
    lastEventId: request.headers.get('last-event-id') ?? query.lastEventId ?? null,
    async recheck() {
      await recheck();
      present(await client.getProject(topic.projectId), 'projectId', 'project');
    },
    recheckEvery: recheckMs,
    closing,
    gone: signal,
  });
  return new Response(body, { headers: HEADERS });
}
