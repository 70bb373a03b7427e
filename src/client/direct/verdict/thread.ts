import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RecordedRun } from '../../../schemas/recorded-run.js';
import type { RunAssessment } from '../../../schemas/trust.js';
import type { VerdictOrder, VerdictReport } from './messages.js';

interface Waiting {
  resolve(assessment: RunAssessment | null): void;
}

/** One thread for the verdicts of large runs; it starts with the first, and keeps no process alive. */
export class VerdictThread {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private lastCall = 0;

  /** Null if the thread cannot answer: in a bundle without its file, or in a process that may not start threads. */
  assess(run: RecordedRun, wear: number): Promise<RunAssessment | null> {
    const worker = this.started();
    if (worker === null) return Promise.resolve(null);
    this.lastCall++;
    const order: VerdictOrder = { call: this.lastCall, run, wear };
    return new Promise((resolve) => {
      this.waiting.set(order.call, { resolve });
      worker.ref();
      worker.postMessage(order);
    });
  }

  private started(): Worker | null {
    if (this.worker !== null) return this.worker;
    const file = workerFile();
    if (file === null) return null;
    try {
      const worker = new Worker(file, { name: 'optrail-verdicts', execArgv: [] });
      worker.unref();
      worker.on('message', (report: VerdictReport) => this.settle(report.call, report.assessment));
      worker.on('error', () => this.end(worker));
      worker.on('exit', () => this.end(worker));
      this.worker = worker;
      return worker;
    } catch {
      return null;
    }
  }

  private settle(call: number, assessment: RunAssessment | null): void {
    this.waiting.get(call)?.resolve(assessment);
    this.waiting.delete(call);
    if (this.waiting.size === 0) this.worker?.unref();
  }

  /** Without the thread the callers compute their verdicts themselves. */
  private end(worker: Worker): void {
    if (this.worker !== worker) return;
    this.worker = null;
    for (const call of [...this.waiting.keys()]) this.settle(call, null);
  }
}

/** A thread starts from compiled code only; from `src`, as the tests run it, that is the last build. */
function workerFile(): string | null {
  const files = ['./worker.js', '../../../../dist/client/direct/verdict/worker.js'];
  return files.map((file) => fileURLToPath(new URL(file, import.meta.url))).find((file) => existsSync(file)) ?? null;
}
