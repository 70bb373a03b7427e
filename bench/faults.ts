import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../src/client/open/create-client.js';
import { type BlackholeVerdict, blackhole, complaints } from '../test/faults/blackhole.js';
import { canMount, fillDisk } from '../test/faults/disk.js';
import { backendLoop, killLoop, networkLoop, orderLoop } from '../test/faults/loops.js';
import { runNode } from '../test/support/node.js';
import { makeEmbeddedTemplate } from '../test/support/templates.js';
import { table } from './measure.js';
import { gate, type Section } from './report.js';

/** Gives a new database on the server for as long as the work lasts. */
export type Within = <T>(name: string, work: (url: string) => Promise<T>) => Promise<T>;

interface Counted {
  count: string;
  acknowledged: number;
  lost: number;
  twice: number;
  /** What else must hold, and does not. */
  wrong?: string | undefined;
}

type Fault = [fault: string, run: () => Promise<Counted>];

interface Extent {
  isQuick: boolean;
  /** A word of the name of the faults that are wanted; all where it is left out. */
  only: string | undefined;
}

/** The long form of `test/faults`: every loop has a length and ends by itself. */
export async function benchFaults(within: Within, { isQuick, only = '' }: Extent, note: (text: string) => void): Promise<Section> {
  const scale = isQuick ? 10 : 1;
  const template = await makeEmbeddedTemplate();
  const tmpfs: Fault[] = canMount() ? [['disk full, a tmpfs of 72 MB', () => disk('a tmpfs of 72 MB', template)]] : [];
  const faults: Fault[] = [
    ['kill -9, embedded', () => inDirectory(template, (directory) => kills({ directory }, 200 / scale, 1))],
    ['kill -9, PostgreSQL, three calls under way', () => within('kills', (databaseUrl) => kills({ databaseUrl }, 200 / scale, 3))],
    ['backend ended every 50 ms', () => within('backends', async (url) => recorded(await backendLoop(url, 60 / scale), 'killed'))],
    ['network away', () => within('network', async (url) => recorded(await networkLoop(url, 60 / scale), 'cuts'))],
    ['blackhole, 100 rows/s', () => within('blackhole', async (url) => swallowed(url, isQuick ? 30 : 600))],
    ['any order and repetition, embedded', () => inDirectory(template, (directory) => orders({ directory }, 200 / scale))],
    ['any order and repetition, PostgreSQL', () => within('orders', (databaseUrl) => orders({ databaseUrl }, 500 / scale))],
    ['disk full, files of 20 MB at most', () => disk('files of 20 MB at most', template)],
    ...tmpfs,
    ['process dies, 45 s waited for', () => within('stale', stale)],
  ];

  const missed: string[] = [];
  const rows: string[][] = [];
  const wanted = faults.filter(([fault]) => fault.includes(only));
  if (wanted.length === 0) throw new Error(`--only knows ${faults.map(([fault]) => `"${fault}"`).join(', ')}, or a word of one`);
  for (const [fault, run] of wanted) {
    note(fault);
    const { count, acknowledged, lost, twice, wrong } = await run();
    const verdict = gate(missed, lost === 0 && twice === 0 && wrong === undefined, `${fault}: nothing lost, nothing twice`);
    rows.push([fault, count, String(acknowledged), String(lost), String(twice), wrong ?? verdict]);
  }
  rmSync(template, { recursive: true, force: true });
  return { title: 'Faults', text: table(['fault', 'count', 'acknowledged', 'lost', 'twice', ''], rows), missed };
}

async function inDirectory<T>(template: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'optrail-faults-'));
  cpSync(template, directory, { recursive: true });
  return work(directory).finally(() => rmSync(directory, { recursive: true, force: true }));
}

type Place = { directory: string } | { databaseUrl: string };

async function kills(place: Place, count: number, lanes: number): Promise<Counted> {
  return { ...(await killLoop(place, count, lanes)), count: `${count} kills` };
}

function recorded(verdict: Awaited<ReturnType<typeof backendLoop | typeof networkLoop>>, what: 'killed' | 'cuts'): Counted {
  const { acknowledged, pending, rejected, calls } = verdict;
  const isAll = acknowledged === calls && pending === 0 && rejected === 0;
  const times = what in verdict ? (verdict as unknown as Record<string, number>)[what] : 0;
  return { ...verdict, count: `${times} ${what}`, wrong: isAll ? undefined : `${pending} pending, ${rejected} rejected of ${calls}` };
}

async function swallowed(url: string, seconds: number): Promise<Counted> {
  const directory = mkdtempSync(join(tmpdir(), 'optrail-blackhole-'));
  const form = { seconds, isReset: false };
  const verdict = await blackhole(url, directory, form).finally(() => rmSync(directory, { recursive: true, force: true }));
  const wrong = complaints(verdict).join('; ');
  return { ...verdict, count: inWords(verdict, seconds), wrong: wrong === '' ? undefined : wrong };
}

function inWords({ recordMs, heapMb, drainMs }: BlackholeVerdict, seconds: number): string {
  return `${seconds} s: record ${recordMs.toFixed(0)} ms at most, heap +${heapMb.toFixed(0)} MB, drained in ${(drainMs / 1_000).toFixed(1)} s`;
}

async function orders(place: Place, tries: number): Promise<Counted> {
  await using client = createClient(place);
  const { different } = await orderLoop(client, tries);
  const wrong = different.length === 0 ? undefined : `${different.length} in another state`;
  return { count: `${tries} orders`, acknowledged: tries * 8, lost: 0, twice: 0, wrong };
}

async function disk(form: Parameters<typeof fillDisk>[0], template: string): Promise<Counted> {
  const root = mkdtempSync(join(tmpdir(), 'optrail-disk-'));
  const verdict = await fillDisk(form, template, root).finally(() => rmSync(root, { recursive: true, force: true }));
  const isTyped = verdict.refusals.length === 3 && verdict.refusals.every(({ code }) => code === 'disk_full');
  const wrong = isTyped && verdict.goesOn ? undefined : JSON.stringify(verdict.refusals);
  return { ...verdict, count: `${verdict.refusals.length} refusals`, wrong };
}

/** A run whose process was killed reads as stale 45 s after its last sign of life, and not much sooner. */
async function stale(url: string): Promise<Counted> {
  const writer = runNode(
    `const { createClient } = await import(dist('client/open/create-client.js'));
     const client = createClient({ databaseUrl: process.argv[1] });
     const { id } = await client.createOptimizationRun({ projectId: 'p', runName: 'r', optimizerType: 'custom', status: 'running' });
     await client.updateRunProgress(id, {});
     console.log('run ' + id);
     setInterval(() => {}, 1000);`,
    url,
  );
  const runId = (await writer.line('run ')).slice(4);
  writer.child.kill('SIGKILL');
  await writer.ended;
  await using client = createClient({ databaseUrl: url });
  const statuses: (string | undefined)[] = [];
  for (const seconds of [40, 6]) {
    await sleep(seconds * 1_000);
    statuses.push((await client.getOptimizationRun(runId))?.status);
  }
  const wrong = statuses.join() === 'running,stale' ? undefined : statuses.join();
  return { count: '1 run', acknowledged: 1, lost: 0, twice: 0, wrong };
}
