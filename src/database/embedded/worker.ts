/** The thread in which PGlite runs, since a query blocks its thread until it is done. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { Reply } from '../channel.js';
import { PARSERS, parserFor } from '../types.js';
import { openDataDirectory } from './data-directory.js';
import { type EngineError, MEMORY, type Request, type Response, type WorkerData } from './messages.js';

async function open({ dataDir, seed }: WorkerData): Promise<PGlite> {
  const engine = dataDir === MEMORY ? await PGlite.create({ dataDir }) : await openDataDirectory(dataDir, seed);
  // PGlite converts more types than Optrail does: each goes the way it goes on PostgreSQL.
  for (const oid of Object.keys(engine.parsers)) engine.parsers[oid] = parserFor(Number(oid));
  Object.assign(engine.parsers, Object.fromEntries(PARSERS));
  return engine;
}

async function answer(engine: PGlite, request: Request): Promise<Response> {
  try {
    switch (request.kind) {
      case 'run':
        return await run(engine, request);
      case 'script':
        return await script(engine, request.text);
      case 'lend':
        return await serve(engine, request.port);
      case 'close':
        await engine.close();
        return { kind: 'done', replies: [] };
    }
  } catch (error) {
    if (request.kind === 'script' || (request.kind === 'run' && request.rollbackOnError)) await engine.exec('rollback');
    return { kind: 'refused', error: portable(error) };
  }
}

/** Answers another thread until it closes its port; what it left open when it ended is rolled back. */
async function serve(engine: PGlite, port: MessagePort): Promise<Response> {
  let last = Promise.resolve();
  const isLost = await new Promise<boolean>((resolve) => {
    port.once('close', () => resolve(false));
    port.on('message', (request: Request) => {
      last = last.then(async () => {
        const response = await answer(engine, request);
        port.postMessage(response);
        if (response.kind === 'lost') resolve(true);
      });
    });
  });
  if (isLost) return { kind: 'lost' };
  await last;
  await engine.exec('rollback');
  return { kind: 'done', replies: [] };
}

async function run(engine: PGlite, { statements }: Request & { kind: 'run' }): Promise<Response> {
  const replies: Reply[] = [];
  for (const { text, values } of statements) {
    const { rows, command } = await engine.query<Reply['rows'][number]>(text, values);
    // A stack overflow inside the engine ends a statement without result and without error (JSON nested 6,500 deep does it).
    if (command === undefined) return { kind: 'lost' };
    replies.push({ rows, command });
  }
  return { kind: 'done', replies };
}

async function script(engine: PGlite, text: string): Promise<Response> {
  const results = await engine.exec(text);
  return results.some(({ command }) => command === undefined) ? { kind: 'lost' } : { kind: 'done', replies: [] };
}

// An error loses all but its message and stack on the way between threads.
function portable(error: unknown): EngineError {
  const { message, code, detail, hint, constraint, stack } = error as Partial<EngineError>;
  return { message: message ?? String(error), code, detail, hint, constraint, stack };
}

function reply(response: Response): void {
  parentPort?.postMessage(response);
}

try {
  const engine = await open(workerData as WorkerData);
  let last = Promise.resolve();
  parentPort?.on('message', (request: Request) => {
    last = last.then(async () => reply(await answer(engine, request)));
  });
  reply({ kind: 'ready' });
} catch (error) {
  reply({ kind: 'refused', error: portable(error) });
}
