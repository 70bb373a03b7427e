import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { createClient } from '../../src/client/open/create-client.js';
import { table } from '../measure.js';
import { gate, type Section } from '../report.js';
import { type ServerProcess, startServed } from './process.js';

const MIB = 1024 * 1024;
/** Limits of issue and design: memory of the server, processor time of a refused body, and slow-down of another tenant. */
const MOST_MEMORY = 1.2 * 1024 * MIB;
const MOST_CPU_MS = 200;
const MOST_RATIO = 2;
/** Time in which the other tenant is measured before the attacks, in ms. */
const USUAL_FOR = 5_000;

interface Tenant {
  runId: string;
  write: string;
  read: string;
}

interface Answer {
  status: number;
  next: string | null;
}

const agent = new Agent({ keepAlive: false, maxSockets: 128 });

/** Sends a request and drops the body of the answer, but for the cursor at its end. */
function send(url: string, method: string, key: string, body?: Uint8Array | string, encoding?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = { authorization: `Bearer ${key}` };
    if (body !== undefined) Object.assign(headers, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    if (encoding !== undefined) headers['content-encoding'] = encoding;
    const sent = httpRequest(url, { method, headers, agent }, (response) => {
      let tail = '';
      response.on('data', (chunk: Buffer) => {
        tail = (tail + chunk.subarray(-200).toString('latin1')).slice(-200);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, next: /"nextCursor":"(\d+)"/.exec(tail)?.[1] ?? null }));
    });
    // A server that refuses a body unread closes the connection under the sender, also after its answer.
    sent.on('socket', (socket) => socket.on('error', () => {}));
    sent.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve({ status: 413, next: null }) : reject(error),
    );
    sent.end(body);
  });
}

/** Text that PostgreSQL compresses little. */
function prompt(length: number, seed: number): string {
  let state = seed + 1;
  const block = Array.from({ length: 10_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state.toString(36);
  }).join(' ');
  return block.repeat(Math.ceil(length / block.length)).slice(0, length);
}

interface Felt {
  p95: number;
  requests: number;
  failed: number;
}

/** Another tenant that reads a list all the time: asked, it tells its latencies since it was asked last. */
function otherTenant(url: string, { read, runId }: Tenant): { felt(): Promise<Felt>; stop(): void } {
  const file = fileURLToPath(new URL('other-tenant.ts', import.meta.url));
  const child = fork(file, [`${url}/v1/runs/${runId}/iterations?limit=20`, read], { execArgv: ['--import', 'tsx'] });
  return {
    async felt() {
      child.send('felt');
      const [answer] = (await once(child, 'message')) as [Felt];
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

async function tenants(databaseUrl: string, iterations: number): Promise<Record<'hostile' | 'other', Tenant>> {
  await using client = createClient({ databaseUrl });
  const made = async (projectId: string, program: string, count: number): Promise<Tenant> => {
    const { id: runId } = await client.createOptimizationRun({ projectId, runName: 'a', optimizerType: 'gepa' });
    for (let iteration = 0; iteration < count; iteration += 1)
      await client.createOptimizationIteration({ runId, iteration, program, score: 0.5 });
    const [write, read] = [
      await client.createApiKey(projectId, { name: 'w' }),
      await client.createApiKey(projectId, { name: 'r', scope: 'read' }),
    ];
    return { runId, write: write.secret, read: read.secret };
  };
  return { hostile: await made('hostile', prompt(5 * MIB, 1), iterations), other: await made('other', prompt(2_000, 2), 20) };
}

/** Bodies that cost seconds or gigabytes if they are built. */
function bodies(): Record<string, Uint8Array | string> {
  return {
    'ten million empty samples': `{"samples":[${'[],'.repeat(10 * MIB - 10)}[]]}`,
    'five million brackets': '['.repeat(5_000_000),
    '2.5 million unknown keys': `{${Array.from({ length: 2_500_000 }, (_, index) => `"k${index}":0`).join(',')}}`,
    'fifteen million numbers': `{"samples":[${'0,'.repeat(15 * MIB)}0]}`,
    '31 KiB of gzip': gzipSync(`{"samples":[${'[],'.repeat(10_000_000)}[]]}`),
    '100,000 wrong samples': JSON.stringify({ samples: Array.from({ length: 100_000 }, () => ({})) }),
  };
}

async function refusedBodies(server: ServerProcess, { runId, write, read }: Tenant, missed: string[]): Promise<string[][]> {
  const rows: string[][] = [];
  for (const [name, body] of Object.entries(bodies())) {
    for (const [role, key] of Object.entries({ read, write })) {
      const before = (await server.usage()).cpuMs;
      const { status } = await send(
        `${server.url}/v1/runs/${runId}/samples`,
        'POST',
        key,
        body,
        name.endsWith('gzip') ? 'gzip' : undefined,
      );
      const cpuMs = (await server.usage()).cpuMs - before;
      const holds = status >= 400 && status < 500 && cpuMs <= MOST_CPU_MS;
      rows.push([
        `${name}, ${role} key`,
        String(status),
        cpuMs.toFixed(0),
        gate(missed, holds, `${name} with a ${role} key: ${status}, ${cpuMs.toFixed(0)} ms`),
      ]);
    }
  }
  return rows;
}

/** The attacks: each resolves to the statuses of its requests. */
function attacks(
  url: string,
  databaseUrl: string,
  { runId, write, read }: Tenant,
  isQuick: boolean,
): Record<string, () => Promise<number[]>> {
  const lane = async (most: number) => {
    const statuses: number[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null && page < most; page += 1) {
      const query: string = cursor === '' ? '' : `?cursor=${cursor}`;
      const { status, next } = await send(`${url}/v1/runs/${runId}/iterations${query}`, 'GET', read);
      statuses.push(status);
      cursor = next;
    }
    return statuses;
  };
  return {
    'pages of 5 MB programs, four lanes': async () => (await Promise.all([1, 2, 3, 4].map(() => lane(isQuick ? 8 : 60)))).flat(),
    'included iterations, four at once': async () =>
      (await Promise.all([1, 2, 3, 4].map(() => send(`${url}/v1/runs/${runId}?include=iterations`, 'GET', read)))).map(
        ({ status }) => status,
      ),
    'programs of 30 MB at once': async () => {
      const program = prompt(30 * MIB, 5);
      const posts = Array.from({ length: isQuick ? 8 : 40 }, (_, index) =>
        send(
          `${url}/v1/runs/${runId}/iterations`,
          'POST',
          write,
          JSON.stringify({ iteration: 1_000 + index, program: `${index} ${program}` }),
        ),
      );
      return (await Promise.all(posts)).map(({ status }) => status);
    },
    '20 changes of a locked run': async () => {
      const holder = new pg.Client({ connectionString: databaseUrl });
      await holder.connect();
      await holder.query('begin');
      await holder.query('select from optimization_runs where id = $1 for update', [runId]);
      const patches = Array.from({ length: 20 }, (_, index) =>
        send(`${url}/v1/runs/${runId}`, 'PATCH', write, JSON.stringify({ notes: `${index}` })),
      );
      await sleep(5_000);
      await holder.query('rollback');
      await holder.end();
      return (await Promise.all(patches)).map(({ status }) => status);
    },
    'ten million empty samples, four lanes': async () => {
      const body = bodies()['ten million empty samples'] as string;
      const lanes = [1, 2, 3, 4].map(async () => {
        const statuses: number[] = [];
        for (let turn = 0; turn < 5; turn += 1) statuses.push((await send(`${url}/v1/runs/${runId}/samples`, 'POST', write, body)).status);
        return statuses;
      });
      return (await Promise.all(lanes)).flat();
    },
  };
}

/** A hostile tenant against a server in a process of its own: memory, processor time, and what another tenant feels of it. */
export async function benchHostile(databaseUrl: string, isQuick: boolean, note: (text: string) => void): Promise<Section> {
  const missed: string[] = [];
  const { hostile, other } = await tenants(databaseUrl, isQuick ? 24 : 120);
  const server = await startServed(databaseUrl);
  const neighbour = otherTenant(server.url, other);
  try {
    await sleep(USUAL_FOR);
    await neighbour.felt();
    await sleep(USUAL_FOR);
    const usual = (await neighbour.felt()).p95;
    const rows: string[][] = [['no attack', '-', usual.toFixed(1), '-', '-', '']];
    for (const [name, attack] of Object.entries(attacks(server.url, databaseUrl, hostile, isQuick))) {
      note(name);
      await neighbour.felt();
      const statuses = await attack();
      const { p95, failed } = await neighbour.felt();
      const errors = statuses.filter((status) => status >= 500).length + failed;
      const { peak } = await server.usage();
      const holds = errors === 0 && peak <= MOST_MEMORY && p95 <= usual * MOST_RATIO;
      const figures = [`${statuses.length}, 5xx: ${errors}`, p95.toFixed(1), (p95 / usual).toFixed(1), (peak / MIB).toFixed(0)];
      rows.push([name, ...figures, gate(missed, holds, `${name}: ${figures.join(', ')}`)]);
    }
    note('hostile bodies');
    const refused = await refusedBodies(server, hostile, missed);
    const text = [
      table(['attack', 'requests', 'p95 of another tenant (ms)', 'times as usual', 'peak memory (MiB)', ''], rows),
      table(['body', 'status', 'processor time (ms)', ''], refused),
    ].join('\n\n');
    return {
      title: `A hostile tenant (at most ${(MOST_MEMORY / MIB).toFixed(0)} MiB, ${MOST_RATIO} times as usual, ${MOST_CPU_MS} ms, no 5xx)`,
      text,
      missed,
    };
  } finally {
    neighbour.stop();
    agent.destroy();
    await server.close();
  }
}
