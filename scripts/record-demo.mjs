// Records `optrail demo` into dashboard/public/demo-trail.json, which an empty dashboard can load. Run it when the demo has changed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { register } from 'tsx/esm/api';

register();
const { createClient } = await import('../src/index.js');

/** Rows as they are sent: without what the database adds, and without what is absent. */
const KEPT = {
  run: ['runName', 'optimizerType', 'direction', 'scoreMax', 'config', 'tags', 'metadata', 'evalSetHash'],
  iteration: [
    'iteration status evalKind score scores params program decision decisionReason parentIterations isBaseline durationMs',
    'promptTokens completionTokens totalTokens costUsd errorMessage metadata',
  ].flatMap((names) => names.split(' ')),
  sample: [
    'iteration sampleIndex predictedOutput score scores success latencyMs promptTokens completionTokens totalTokens costUsd',
    'errorMessage feedback metadata',
  ].flatMap((names) => names.split(' ')),
  example: ['input', 'expectedOutput', 'exampleId', 'split'],
};

/**
 * @param {object} row
 * @param {string[]} names
 */
const keep = (row, names) =>
  Object.fromEntries(
    Object.entries(row).filter(([name, value]) => names.includes(name) && value !== null && JSON.stringify(value) !== '{}'),
  );

const folder = mkdtempSync(join(tmpdir(), 'optrail-demo-'));
const directory = join(folder, 'trail');
const recording = spawnSync(process.execPath, [resolve('dist/cli/main.js'), 'demo', '--db', directory, '--quiet'], { stdio: 'inherit' });
if (recording.status !== 0) throw new Error('optrail demo failed; run `npm run build` first');

const client = createClient({ directory });
const [run] = (await client.listOptimizationRuns()).data;
if (run === undefined) throw new Error('optrail demo recorded no run');
const start = Date.parse(run.startTime ?? run.createdAt);
/** @param {string | null} time */
const offset = (time) => (time === null ? null : Date.parse(time) - start);
const iterations = await client.getOptimizationIterations(run.id);
const samples = await client.getOptimizationSamples(run.id, undefined, 100_000);
await client.close();
rmSync(folder, { recursive: true, force: true });

const examples = new Map(samples.map((sample) => [JSON.stringify(keep(sample, KEPT.example)), keep(sample, KEPT.example)]));
const places = [...examples.keys()];
const trail = {
  run: { ...keep(run, KEPT.run), durationMs: run.durationMs, endOffset: offset(run.endTime) },
  iterations: iterations.map((row) => ({
    ...keep(row, KEPT.iteration),
    startOffset: offset(row.startTime),
    endOffset: offset(row.endTime),
  })),
  examples: [...examples.values()],
  samples: samples.map((row) => ({ ...keep(row, KEPT.sample), example: places.indexOf(JSON.stringify(keep(row, KEPT.example))) })),
};
writeFileSync('dashboard/public/demo-trail.json', `${JSON.stringify(trail)}\n`);
