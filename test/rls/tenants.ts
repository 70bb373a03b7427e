import type { Trail } from '../support/trails.js';
import { RUN_A, RUN_B } from './scenarios.js';

const MEMBERS = [
  ['A', 'owner-of-a', 'owner'],
  ['A', 'editor-of-a', 'editor'],
  ['A', 'viewer-of-a', 'viewer'],
  ['A', 'once-editor-of-a', 'editor'],
  ['B', 'owner-of-b', 'owner'],
] as const;

/** A project with tenant A's members, one more to remove, and a key. Gives the key's id. */
export async function fillProject({ client }: Pick<Trail, 'client'>, projectId: string): Promise<string> {
  await client.createProject({ id: projectId });
  for (const [, userId, role] of MEMBERS.slice(0, 3)) await client.setProjectMember(projectId, userId, role);
  await client.setProjectMember(projectId, 'to-be-removed', 'viewer');
  return (await client.createApiKey(projectId, { name: 'a key' })).id;
}

/** Two tenants with a row of each kind, and their members, of whom one was sent away. */
export async function fill({ client, sql }: Trail): Promise<void> {
  for (const [projectId, id] of [
    ['A', RUN_A],
    ['B', RUN_B],
  ] as const) {
    await client.createOptimizationRun({ id, projectId, runName: projectId, optimizerType: 'gepa', status: 'completed', tags: ['rare'] });
    await client.createOptimizationIteration({ runId: id, iteration: 1, score: 0.5, program: { only: projectId } });
    await client.createOptimizationSample({ runId: id, iteration: 1, sampleIndex: 0, input: { only: projectId } });
    await client.createOptimizationCheckpoint({ runId: id, state: { only: projectId } });
    await sql("insert into optimization_programs (project_id, program_hash, program) values ($1, decode(repeat('11', 32), 'hex'), '1')", [
      projectId,
    ]);
    await sql(
      "insert into optrail.api_keys (project_id, name, prefix, secret_hash) values ($1, 'a key', 'optrail_00000000', decode(repeat($2, 32), 'hex'))",
      [projectId, projectId === 'A' ? 'aa' : 'bb'],
    );
    await sql("insert into optimization_examples (project_id, example_hash) values ($1, decode(repeat('11', 32), 'hex'))", [projectId]);
  }
  for (const member of MEMBERS)
    await sql('insert into optimization_project_members (project_id, user_id, role) values ($1, $2, $3)', member);
  await sql("delete from optimization_project_members where user_id = 'once-editor-of-a'");
  await sql("insert into optrail.event_listeners (id, expires_at) values (gen_random_uuid(), '-infinity')");
  await client.refreshOptimizationAnalytics();
}
