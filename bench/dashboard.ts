import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import pg from 'pg';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createClient } from '../src/client/open/create-client.js';
import { createServer, type ServerOptions } from '../src/server.js';
import { CHROMIUM, CHROMIUM_FLAGS } from '../test/dashboard/chromium.js';
import { recordGrid } from '../test/dashboard/run-fixture.js';
import { ms, ratio, table } from './measure.js';
import { gate, type Section } from './report.js';

const PROJECT = 'bench';
/** Seconds that frames are counted for. */
const WATCHED = 10;
/** Iterations a second of the live run, and how many it begins with. */
const PACE = 20;
const BEGUN = 300;
/** Runs of a large project. */
const MANY = 100_000;
const LEAST_RATE = 0.8;
const LONGEST_START = 1000;

/** What the dashboard asks of a reader's patience, in a real Chromium over the real server. Needs `npm run build`. */
export async function benchDashboard(url: string): Promise<Section> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  try {
    const firstPage = await firstPageOn(browser);
    const { idle, live } = await framesOfLiveRun(browser, url);
    const scrolled = await framesOfMatrix(browser, url);
    const runs = await framesOfRuns(browser, url);
    const missed: string[] = [];
    const rows = [
      [
        'first page of runs after the server is ready, embedded',
        `${ms(firstPage)} ms`,
        gate(missed, firstPage <= LONGEST_START, `first page within ${LONGEST_START} ms: ${ms(firstPage)}`),
      ],
      ['frames a second, the page of a run at rest', idle.toFixed(1), ''],
      [
        `frames a second, the run growing by ${PACE} iterations a second`,
        `${live.toFixed(1)} (${ratio(live / idle)})`,
        gate(missed, live >= LEAST_RATE * idle, `a live run at ${LEAST_RATE} of the idle frame rate: ${ratio(live / idle)}`),
      ],
      [
        'frames a second, scrolling a matrix of 200 samples x 100 iterations',
        `${scrolled.toFixed(1)} (${ratio(scrolled / idle)})`,
        gate(
          missed,
          scrolled >= LEAST_RATE * idle,
          `the matrix scrolled at ${LEAST_RATE} of the idle frame rate: ${ratio(scrolled / idle)}`,
        ),
      ],
      [
        `frames a second, scrolling down ${MANY.toLocaleString('en')} runs; so many rows passed`,
        `${runs.frames.toFixed(1)} (${ratio(runs.frames / idle)}); ${runs.passed}`,
        gate(
          missed,
          runs.frames >= LEAST_RATE * idle,
          `the runs scrolled at ${LEAST_RATE} of the idle frame rate: ${ratio(runs.frames / idle)}`,
        ),
      ],
    ];
    return { title: 'Dashboard in Chromium', text: table(['', 'measured', ''], rows), missed };
  } finally {
    await browser.close();
  }
}

/** From the server's first readiness on: the page is opened, and its first row of runs is seen. */
async function firstPageOn(browser: Browser): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'optrail-bench-'));
  try {
    const client = createClient({ directory });
    for (let run = 0; run < 200; run += 1) {
      await client.createOptimizationRun({
        projectId: PROJECT,
        runName: `run ${run}`,
        optimizerType: 'gepa',
        status: 'completed',
        finalScore: run / 200,
      });
    }
    await client.close();
    return await served({ directory }, async (address) => {
      while (!(await fetch(`${address}/readyz`)).ok) await pause(10);
      // A browser that is open, as a reader's is: what is measured is the page and the server.
      const page = await browser.newPage();
      const start = performance.now();
      await page.goto(`${address}/?project=${PROJECT}`);
      await page.getByText('run 199', { exact: true }).first().waitFor();
      const took = performance.now() - start;
      await page.close();
      return took;
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function framesOfLiveRun(browser: Browser, url: string): Promise<{ idle: number; live: number }> {
  const client = createClient({ databaseUrl: url });
  try {
    const { id: runId } = await client.createOptimizationRun({
      projectId: PROJECT,
      runName: 'live',
      optimizerType: 'gepa',
      status: 'running',
    });
    const record = (iteration: number) =>
      client.createOptimizationIteration({
        runId,
        iteration,
        isBaseline: iteration === 0,
        score: 1 - 1 / (1 + iteration / 50) + Math.sin(iteration) / 20,
        evalKind: iteration % 3 === 0 ? 'full' : 'minibatch',
        decision: iteration % 2 === 0 ? 'accepted' : 'rejected',
        params: { temperature: (iteration % 10) / 10, round: iteration },
        program: `Candidate ${iteration}. ${'Answer with the category alone, in lower case. '.repeat(20)}`,
      });
    for (let number = 0; number < BEGUN; number += 1) await record(number);
    return await served({ databaseUrl: url }, async (address) => {
      const page = await browser.newPage();
      await page.goto(`${address}/runs/${runId}?project=${PROJECT}`);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByRole('region', { name: 'Progress' }).locator('canvas').waitFor();
      await pause(1000);
      const idle = await framesASecond(page);
      let next = BEGUN;
      const recording = setInterval(() => void record(next++), 1000 / PACE);
      const live = await framesASecond(page).finally(() => clearInterval(recording));
      await page.getByText(new RegExp(`^${next} iterations;`)).waitFor();
      await page.close();
      return { idle, live };
    });
  } finally {
    await client.close();
  }
}

async function framesOfMatrix(browser: Browser, url: string): Promise<number> {
  const client = createClient({ databaseUrl: url });
  const runId = await recordGrid(client, PROJECT, 200, 100).finally(() => client.close());
  return served({ databaseUrl: url }, async (address) => {
    const page = await browser.newPage();
    await page.goto(`${address}/runs/${runId}?project=${PROJECT}&tab=matrix`);
    await page.getByRole('application').waitFor();
    await page.evaluate(SCROLLING);
    const frames = await framesASecond(page);
    await page.close();
    return frames;
  });
}

/** Pages are read as they are scrolled to: the list grows below while it moves. */
async function framesOfRuns(browser: Browser, url: string): Promise<{ frames: number; passed: number }> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await pool.query("insert into optimization_projects (id, name) values ('many', 'many')");
  await pool.query(
    `insert into optimization_runs (project_id, run_name, optimizer_type, status, declared_final_score, tags)
     select 'many', 'run ' || n, (array['gepa', 'miprov2', 'copro'])[1 + n % 3], 'completed', (n % 1000) / 1000.0, array['nightly']
     from generate_series(1, ${MANY}) as n`,
  );
  await pool.query('analyze optimization_runs');
  await pool.end();
  return served({ databaseUrl: url }, async (address) => {
    const page = await browser.newPage();
    await page.goto(`${address}/?project=many`);
    await page
      .getByRole('grid', { name: 'Runs' })
      .getByText(/^run \d+$/)
      .first()
      .waitFor();
    await page.evaluate(FALLING);
    const frames = await framesASecond(page);
    const passed = await page.evaluate<number>("Math.round(document.querySelector('[role=grid]').scrollTop / 36)");
    await page.close();
    return { frames, passed };
  });
}

// Texts, since what runs in the page knows nothing of the helpers that a compiled function may call.
const SCROLLING = `
  const area = document.querySelector('[role=application]');
  const step = (time) => {
    area.scrollTo(700 + 700 * Math.sin(time / 700), 1700 + 1700 * Math.sin(time / 1100));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
`;
const FALLING = `
  const list = document.querySelector('[role=grid]');
  const fall = () => {
    list.scrollTop += 180;
    requestAnimationFrame(fall);
  };
  requestAnimationFrame(fall);
`;
const COUNTING = `
  new Promise((resolve) => {
    const start = performance.now();
    let frames = 0;
    const count = () => {
      frames += 1;
      const took = performance.now() - start;
      if (took < ${WATCHED * 1000}) requestAnimationFrame(count);
      else resolve((frames * 1000) / took);
    };
    requestAnimationFrame(count);
  })
`;

const framesASecond = (page: Page) => page.evaluate<number>(COUNTING);

/** The server with the dashboard on a free port of this machine, for as long as the work takes. */
async function served<T>(place: Pick<ServerOptions, 'directory' | 'databaseUrl'>, work: (address: string) => Promise<T>): Promise<T> {
  const server = createServer({ ...place, auth: { open: true }, rateLimit: false, dashboard: 'dist/dashboard' });
  const http = createHttpServer(getRequestListener((request) => server.fetch(request, { remoteAddress: '127.0.0.1' })));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  } finally {
    http.closeAllConnections();
    http.close();
    await server.close();
  }
}
