import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Database, TRUSTED, type Transaction } from '../../../src/database/port.js';
import { ABSENT, aRun, newProject } from '../../support/records.js';
import { INSTALLS, useTrail } from '../../support/trails.js';
import { othersEnded } from '../../support/transactions.js';
import { Follower } from './follower.js';
import { type Served, serve } from './served.js';

const POSTGRES = INSTALLS.filter(({ name }) => name === 'PostgreSQL 18, ordinary owner');

describe.each(POSTGRES)('a live stream on $name', (install) => {
  const trail = useTrail(install);
  let served: Served;
  beforeAll(() => {
    served = serve(trail.url);
  });
  afterAll(() => served?.close());

  async function newRun(projectId = newProject()): Promise<{ id: string; projectId: string; path: string }> {
    const { id } = await trail.client.createOptimizationRun(aRun(projectId, { status: 'running' }));
    return { id, projectId, path: `/v1/runs/${id}/events` };
  }
  const record = (runId: string, iteration: number) => trail.client.createOptimizationIteration({ runId, iteration, score: 1 });

  test('greets with the mode and a place, then tells ids alone', async () => {
    const run = await newRun();
    const follower = await served.follow(run.path);
    expect(follower.messages[0]).toMatchObject({ event: 'hello', data: { mode: 'listen' }, id: expect.stringMatching(/^\d+:\d+:/) });
    await record(run.id, 3);
    await follower.untilTold('iteration.recorded');
    expect(follower.events).toEqual([
      { kind: 'iteration.recorded', projectId: run.projectId, runId: run.id, iterations: [3], status: null },
    ]);
    await trail.client.updateOptimizationRun(run.id, { status: 'completed' });
    await follower.untilTold('run.status');
    expect(follower.events.at(-1)).toMatchObject({ status: 'completed', iterations: null });
    await trail.client.deleteOptimizationRun(run.id);
    await follower.untilTold('run.deleted');
  });

  test('the headers are those of a stream that nobody may keep back, and HEAD opens none', async () => {
    const { path } = await newRun();
    const response = await served.request(path, undefined, {}, 'HEAD');
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(response.body).toBeNull();
  });

  test('a project is told of all its runs, a run of itself alone', async () => {
    const [one, other] = [await newRun(), await newRun()];
    const sibling = await newRun(one.projectId);
    const [ofProject, ofRun] = [await served.follow(`/v1/projects/${one.projectId}/events`), await served.follow(one.path)];
    await Promise.all([record(other.id, 1), record(sibling.id, 2), record(one.id, 3)]);
    await ofProject.until(({ recorded }) => recorded.length === 2);
    await ofRun.untilTold('iteration.recorded');
    expect(ofProject.recorded.sort()).toEqual([`${one.id} 3`, `${sibling.id} 2`].sort());
    expect(ofRun.recorded).toEqual([`${one.id} 3`]);
  });

  test('many changes within a moment are one message', async () => {
    const run = await newRun();
    const follower = await served.follow(run.path);
    await trail.sql(
      'insert into optimization_iterations (run_id, project_id, iteration) select $1, $2, n from generate_series(20, 21) as n',
      [run.id, run.projectId],
    );
    await Promise.all(Array.from({ length: 20 }, (_, iteration) => record(run.id, iteration)));
    await follower.until(({ recorded }) => recorded.length >= 22);
    expect(follower.recorded).toHaveLength(22);
    expect(follower.events.length).toBeLessThan(20);
  });

  /** Writes an iteration in a transaction that stays open until `commit`. */
  async function openTransaction(database: Database, runId: string, iteration: number): Promise<() => Promise<void>> {
    let commit = (): void => {};
    const held = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let over: Promise<void> | undefined;
    await new Promise<void>((written, failed) => {
      over = database.transaction(TRUSTED, async (transaction: Transaction) => {
        await transaction.query({
          text: 'select from record_optimization_iteration($1)',
          values: [JSON.stringify({ run_id: runId, iteration })],
        });
        written();
        await held;
      });
      over.catch(failed);
    });
    return async () => {
      commit();
      await over;
    };
  }

  test('what a transaction commits late is told on the open stream, and to who comes back', async () => {
    const [late, early] = [await newRun(), await newRun()];
    const project = `/v1/projects/${late.projectId}/events`;
    const [live, gone] = [await served.follow(project), await served.follow(project)];
    const commit = await openTransaction(trail.database, late.id, 1);
    const sibling = await newRun(late.projectId);
    await record(sibling.id, 2);
    await Promise.all([live, gone].map((follower) => follower.until(({ recorded }) => recorded.includes(`${sibling.id} 2`))));
    await gone.close();
    await record(early.id, 1);
    await commit();

    await live.until(({ recorded }) => recorded.includes(`${late.id} 1`));
    const back = await served.follow(project, { lastEventId: gone.lastEventId });
    await back.untilTold('iteration.recorded');
    expect(back.recorded).toEqual([`${late.id} 1`]);
  });

  test('who comes back is told what was missed once, then goes on live', async () => {
    const run = await newRun();
    const first = await served.follow(run.path);
    await record(run.id, 0);
    await first.untilTold('iteration.recorded');
    await first.close();
    await record(run.id, 1);
    const back = await served.follow(run.path, { lastEventId: first.lastEventId });
    await record(run.id, 2);
    await back.until(({ recorded }) => recorded.includes(`${run.id} 2`));
    expect(back.recorded).toEqual([`${run.id} 1`, `${run.id} 2`]);

    const byQuery = await served.follow(`${run.path}?lastEventId=${encodeURIComponent(first.lastEventId)}`);
    await byQuery.until(({ recorded }) => recorded.length === 2);
  });

  test('a place that no server gave out, or that lies ahead, is answered with reset, and the stream goes on', async () => {
    const run = await newRun();
    for (const lastEventId of ['nonsense', '5:3:', '1:9:4,2', "1:2:' or 1=1", '900000000000:900000000000:']) {
      const follower = await served.follow(run.path, { lastEventId });
      await follower.untilTold('reset');
      const iteration = Math.floor(Math.random() * 1e9);
      await record(run.id, iteration);
      await follower.until(({ recorded }) => recorded.includes(`${run.id} ${iteration}`));
      await follower.close();
    }
  });

  test('what is no longer kept is answered with reset', async () => {
    const run = await newRun();
    const first = await served.follow(run.path);
    await first.close();
    await record(run.id, 0);
    await trail.sql("update optrail.events set created_at = now() - interval '61 minutes'");
    await newRun();
    await othersEnded(trail);
    await trail.sql('select optrail.sweep_stale_runs()');
    const back = await served.follow(run.path, { lastEventId: first.lastEventId });
    await back.untilTold('reset');
    expect(back.events).toEqual([]);
    // The reader of all, too, may have been before what went: then its next look ends in a reset, and not in this event.
    let iteration = 1;
    const isToldOfTheNext = async () => {
      await record(run.id, iteration++);
      return back.recorded.length > 0;
    };
    await vi.waitUntil(isToldOfTheNext, { interval: 100, timeout: 8_000 });
  });

  test("what is absent and what is somebody else's is 404", async () => {
    const [run, stranger] = [await newRun(), { claims: { sub: 'stranger' } }];
    const answers = await Promise.all([
      served.request(run.path, stranger),
      served.request(`/v1/projects/${run.projectId}/events`, stranger),
      served.request(`/v1/runs/${ABSENT}/events`),
      served.request('/v1/projects/absent/events'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await answers[0]?.json()).toMatchObject({ code: 'not_found' });
  });

  test('two tenants never hear of each other, live or when they come back, not even with one run id', async () => {
    const [mine, theirs] = [await newRun(), await newRun()];
    await trail.client.createOptimizationRun(aRun(theirs.projectId, { id: mine.id, status: 'running' }));
    const viewerOf = (projectId: string) => ({ claims: { optrail_projects: { [projectId]: 'viewer' as const } } });
    const [me, them] = await Promise.all([
      served.follow(mine.path, { bearer: viewerOf(mine.projectId) }),
      served.follow(`/v1/projects/${theirs.projectId}/events`, { bearer: viewerOf(theirs.projectId) }),
    ]);
    const both = (iteration: number) =>
      Promise.all(
        [mine.projectId, theirs.projectId].map((projectId) =>
          trail.client.createOptimizationIteration({ runId: mine.id, projectId, iteration, score: 1 }),
        ),
      );
    await both(1);
    await Promise.all([me, them].map((follower) => follower.untilTold('iteration.recorded')));
    await Promise.all([me.close(), them.close()]);
    await both(2);
    const back = await Promise.all([
      served.follow(mine.path, { bearer: viewerOf(mine.projectId), lastEventId: me.lastEventId }),
      // The place of another tenant's stream opens nothing of theirs.
      served.follow(`/v1/projects/${theirs.projectId}/events`, { bearer: viewerOf(theirs.projectId), lastEventId: me.lastEventId }),
    ]);
    await Promise.all(back.map((follower) => follower.untilTold('iteration.recorded')));
    const projectsOf = (...followers: typeof back) => [
      ...new Set(followers.flatMap(({ events }) => events.map(({ projectId }) => projectId))),
    ];
    expect(projectsOf(me, back[0])).toEqual([mine.projectId]);
    expect(projectsOf(them, back[1])).toEqual([theirs.projectId]);
  });

  test('a slow reader costs a bounded buffer, and is told that it missed something', async () => {
    const { projectId } = await newRun();
    const response = await served.request(`/v1/projects/${projectId}/events`);
    const fill = () =>
      trail.sql(
        "insert into optrail.events (project_id, run_id, kind) select $1, gen_random_uuid(), 'run.changed' from generate_series(1, 900)",
        [projectId],
      );
    // More than it is sent ahead, more than waits for it, and more again.
    const watcher = await served.follow(`/v1/projects/${projectId}/events`);
    for (let round = 1; round <= 4; round += 1) {
      await fill();
      await watcher.until(({ events }) => events.length === round * 900);
    }
    const slow = new Follower(response);
    onTestFinished(() => slow.close());
    await slow.untilTold('reset');
    expect(slow.events.length).toBeLessThan(1800);
    const { id } = await newRun(projectId);
    await slow.until(({ events }) => events.at(-1)?.runId === id);
  });

  test('a member who was sent away, and a key that was revoked, are told goodbye', async () => {
    const own = serve(trail.url, { recheckMs: 50 });
    onTestFinished(() => own.close());
    const run = await newRun();
    await trail.client.setProjectMember(run.projectId, 'member', 'viewer');
    const { id: keyId, secret } = await trail.client.createApiKey(run.projectId, { name: 'to be revoked', scope: 'read' });
    const member = await own.follow(run.path, { bearer: { claims: { sub: 'member' } } });
    // More streams than anybody may guess at keys: none of them waits for its turn to be ended.
    const holders = await Promise.all(Array.from({ length: 30 }, () => own.follow(run.path, { bearer: { key: secret } })));
    await record(run.id, 1);
    await member.untilTold('iteration.recorded');

    await trail.client.removeProjectMember(run.projectId, 'member');
    await member.until(({ ended }) => ended);
    expect(member.messages.at(-1)).toMatchObject({ event: 'goodbye', data: { reason: 'unauthorized' } });
    await record(run.id, 2);
    await Promise.all(holders.map((holder) => holder.until(({ recorded }) => recorded.includes(`${run.id} 2`))));
    expect(member.recorded).toEqual([`${run.id} 1`]);

    await trail.client.revokeApiKey(run.projectId, keyId);
    await Promise.all(holders.map((holder) => holder.until(({ ended }) => ended)));
    for (const { messages } of holders) expect(messages.at(-1)).toMatchObject({ event: 'goodbye', data: { reason: 'unauthorized' } });
    expect([401, 404]).toContain((await own.request(run.path, { key: secret })).status);
  });

  test('a server that stops says goodbye and ends every stream at once', async () => {
    const own = serve(trail.url);
    onTestFinished(() => own.close());
    const { path } = await newRun();
    const followers = await Promise.all(Array.from({ length: 20 }, () => own.follow(path)));
    own.shutDown();
    await Promise.all(followers.map((follower) => follower.until(({ ended }) => ended, 1_000)));
    for (const { messages } of followers) expect(messages.at(-1)).toMatchObject({ event: 'goodbye', data: { reason: 'shutdown' } });
    const late = await own.follow(path);
    await late.until(({ ended }) => ended, 1_000);
  });

  test('a comment every 15 s shows that the connection lives, and moves the place on', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { path } = await newRun();
    const { body } = await served.request(path);
    const reader = body?.pipeThrough(new TextDecoderStream() as never).getReader() as ReadableStreamDefaultReader<string>;
    expect((await reader.read()).value).toMatch(/^retry: 1000\n\nevent: hello\nid: \S+\ndata: \{"mode":"listen"\}\n\n$/);
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await reader.read()).value).toMatch(/^: ping\nid: \d+:\d+:\S*\n\n$/);
    await reader.cancel();
  });
});
