import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../test/support/postgres.js';
import type { PythonEnvironment } from './environment.js';

const PATIENCE = 180_000;

/** `mlflow server` on that database, on a free port of the loopback interface. */
export interface MlflowServer {
  uri: string;
  stop(): Promise<void>;
}

/**
 * One worker in the place of MLflow's four: one client asks one thing at a time, and with several workers uvicorn leaves Nagle's
 * algorithm on, by which every request on Linux waits some 40 ms longer (Kludex/uvicorn#3149). That would measure the network.
 */
export async function startMlflow(environment: PythonEnvironment, backend: string, directory: string): Promise<MlflowServer> {
  const port = await freePort();
  const flags = ['--backend-store-uri', backend, '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  // In a process group of its own: the server starts others, and all are to end.
  const child = spawn(environment.bin('mlflow'), ['server', ...flags], { env: environment.variables, cwd: directory, detached: true });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log = (log + text).slice(-4000);
    });
  }
  const signal = (name: NodeJS.Signals | 0): boolean => {
    if (child.pid === undefined) return false;
    try {
      return process.kill(-child.pid, name);
    } catch {
      return false;
    }
  };
  const kill = () => void signal('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    signal('SIGTERM');
    for (let waited = 0; waited < 100 && signal(0); waited += 1) await delay(100);
    kill();
  };

  const uri = `http://127.0.0.1:${port}`;
  const until = Date.now() + PATIENCE;
  while (!(await isHealthy(uri))) {
    if (child.exitCode === null && Date.now() < until) await delay(200);
    else {
      await stop();
      throw new Error(`mlflow server did not start:\n${log}`);
    }
  }
  return { uri, stop };
}

const isHealthy = (uri: string): Promise<boolean> =>
  fetch(`${uri}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
