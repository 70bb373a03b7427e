import { spawnSync } from 'node:child_process';
import type { Verdict } from '../support/acknowledged.js';
import { runNode } from '../support/node.js';

/** How room is made scarce: a small file system of the child's own, or a limit on the size of each of its files. */
export type Scarcity = 'a tmpfs of 72 MB' | 'files of 20 MB at most';

export interface DiskVerdict extends Verdict {
  /** What the writes were refused with. */
  refusals: { code: string; retryable: boolean; hint: string }[];
  /** Whether a write after them was stored, in the same process. */
  goesOn: boolean;
}

/**
 * Writes until there is no room, makes some, goes on, reopens and reads all back. In one process, since a file system of its
 * own goes with it.
 */
const FILLER = `
  import { randomBytes } from 'node:crypto';
  import { cpSync, rmSync, writeFileSync } from 'node:fs';
  const { createClient } = await import(dist('client/open/create-client.js'));
  const [template, root] = process.argv.slice(1);
  const directory = root + '/db';
  const ballast = root + '/ballast';
  cpSync(template, directory, { recursive: true });
  const client = createClient({ directory });
  const { id: runId } = await client.createOptimizationRun({ projectId: 'full', runName: 'full', optimizerType: 'custom', status: 'running' });
  writeFileSync(ballast, Buffer.alloc(8 << 20, 1));
  const [acknowledged, refusals] = [[], []];
  for (let iteration = 0; iteration < 500 && refusals.length < 3; iteration += 1) {
    try {
      await client.createOptimizationIteration({ runId, iteration, score: 1, program: randomBytes(150000).toString('hex') });
      acknowledged.push(iteration);
    } catch ({ code, retryable, hint }) {
      refusals.push({ code, retryable, hint });
    }
  }
  rmSync(ballast);
  const goesOn = await client.createOptimizationIteration({ runId, iteration: 1000, score: 1, program: 'small' }).then(() => true, () => false);
  if (goesOn) acknowledged.push(1000);
  await client.close();
  const again = createClient({ directory });
  const run = await again.getOptimizationRun(runId);
  const numbers = (await again.getOptimizationIterations(runId)).map(({ iteration }) => iteration);
  await again.close();
  console.log('verdict ' + JSON.stringify({
    acknowledged: acknowledged.length, stored: numbers.length, refusals, goesOn,
    lost: acknowledged.filter((number) => !numbers.includes(number)).length,
    twice: numbers.length - new Set(numbers).size + Math.abs(run.iterations - numbers.length),
  }));`;

/** A tmpfs takes a mount namespace, which not every machine grants. */
export function canMount(): boolean {
  const { status } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt']);
  return status === 0;
}

/**
 * Fills the disk under an embedded database.
 * @param template an embedded database that is closed
 * @param root an empty directory
 */
export async function fillDisk(scarcity: Scarcity, template: string, root: string): Promise<DiskVerdict> {
  const wrapper =
    scarcity === 'a tmpfs of 72 MB'
      ? ['unshare', '-rm', 'sh', '-c', 'root=$1; shift; mount -t tmpfs -o size=72m tmpfs "$root" && exec "$@"', 'sh', root]
      : // In blocks of 512 bytes, and no multiple of a page of 8 KB: the last one is written in part.
        ['sh', '-c', 'ulimit -f 40001 && exec "$@"', 'sh'];
  const filler = runNode(FILLER, { args: [template, root], wrapper });
  const line = await filler.line('verdict');
  await filler.ended;
  return JSON.parse(line.slice('verdict '.length));
}
