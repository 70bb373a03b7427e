import { uuidv7 } from 'uuidv7';
import type { OptimizationClient } from '../client/port.js';
import { OptrailError } from '../errors.js';
import type { Journal, OpenJournal, OpenLeftovers } from '../journal/port.js';
import type { CreateOptimizationRunInput, RunStatus } from '../schemas/run.js';
import { describeError, isCancellation } from './failure.js';
import { startHeartbeat } from './heartbeat.js';
import type { ResumeOptions, TrackRunOptions } from './options.js';
import type { FlushReport, RunAnnotation, StartedRun } from './port.js';
import { Ledger, Ticket } from './queue/acks.js';
import { Outbox } from './queue/outbox.js';
import { asOptrailError, KEPT, PATIENT, PROMPT } from './queue/retry.js';
import { type ResolveClient, type Send, sendThrough } from './queue/writes.js';
import { type ReopenedRun, reopenRun } from './resume.js';
import { RecordedRun, type RunParts } from './run.js';
import { Intake } from './sanitize/sanitizer.js';
import { endsWithin } from './timers.js';
import { messageOf, Warnings } from './warnings.js';

/** What runs are recorded into, unless their options name a client. */
export interface Surroundings {
  resolveClient: ResolveClient;
  openJournal: OpenJournal | undefined;
  openLeftovers: OpenLeftovers | undefined;
}

type FinalStatus = Extract<RunStatus, 'completed' | 'failed' | 'cancelled'>;

const FLUSH_TIMEOUT_MS = 10_000;
/** Longest wait for a disk at the end of a run, in milliseconds. */
const KEEP_TIMEOUT_MS = 5_000;

/** Runs that are being created, by id: a nested run has to come after its parent. */
const opening = new Map<string, Promise<void>>();

/** A run from its creation to its end. */
export class Recording extends RecordedRun implements StartedRun {
  /** When the caller's work began: opening a database is no part of it. */
  private start = performance.now();
  private readonly created = new Ticket(() => undefined);
  private readonly stopHeartbeat: () => void;
  private ending: Promise<FlushReport> | undefined;

  private constructor(
    private readonly options: TrackRunOptions,
    parts: RunParts,
    client: ResolveClient,
    private readonly journal: Journal | undefined,
  ) {
    super(parts);
    this.stopHeartbeat = startHeartbeat((signal) => this.beat(client, signal));
  }

  /**
   * Creates the run and waits for the database's first answer, whatever it is; a strict run rejects unless it was created. A run
   * that is to go on is read first, and rejects where it cannot.
   */
  static async begin(given: TrackRunOptions | ResumeOptions, surroundings: Surroundings): Promise<Recording> {
    const client = once(given.client, surroundings.resolveClient);
    const warnings = new Warnings(given.onWarning);
    const reopened = isResume(given) ? await reopen(given, client, surroundings, warnings) : null;
    const options = reopened?.options ?? (given as TrackRunOptions);
    const id = given.resume?.toLowerCase() ?? uuidv7();
    const journal = journalOf(options, id, surroundings.openJournal, warnings);
    const recording = new Recording(options, partsOf(options, { id, client, warnings, journal, reopened }), client, journal);
    if (reopened === null) await recording.open();
    else recording.created.release();
    recording.start = performance.now() - (reopened?.durationMs ?? 0);
    return recording;
  }

  async complete(changes?: RunAnnotation): Promise<FlushReport> {
    const report = await this.end('completed', undefined, changes);
    this.demandStored();
    return report;
  }

  fail(error: unknown): Promise<FlushReport> {
    return this.end(isCancellation(error, this.options.signal) ? 'cancelled' : 'failed', error);
  }

  cancel(reason?: unknown): Promise<FlushReport> {
    return this.end('cancelled', reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.ending !== undefined) return void (await this.ending);
    const message = 'The block ended without run.complete(): it threw, or the call is missing.';
    this.parts.warnings.warn('disposed', `run ${this.id} is stored as failed. ${message}`);
    await this.fail(new Error(message));
  }

  /** Ends the run once; never rejects. */
  end(status: FinalStatus, error?: unknown, changes?: RunAnnotation): Promise<FlushReport> {
    this.ending ??= this.close(status, error, changes);
    return this.ending;
  }

  /** Throws `recording_failed` where a strict run could not store everything. */
  demandStored(): void {
    const { ledger, strict } = this.parts;
    const { pending, rejected } = ledger.report();
    const cause = this.created.error ?? ledger.firstError;
    if (!strict || (pending === 0 && rejected === 0 && cause === undefined)) return;
    throw new OptrailError('recording_failed', `${rejected} calls of run ${this.id} were rejected and ${pending} were not answered.`, {
      cause,
    });
  }

  private async open(): Promise<void> {
    const { outbox, strict, flushTimeoutMs, warnings } = this.parts;
    this.announceCreation();
    const answer = strict ? this.created.settled : Promise.race([outbox.firstAnswer, this.created.settled]);
    const inTime = await outbox.hurry(endsWithin(answer, flushTimeoutMs));
    if (!inTime) warnings.warn('retry', `the database has not answered in ${flushTimeoutMs} ms; the run goes on, and it is tried again`);
    if (!strict || (inTime && this.created.error === undefined)) return;
    this.stopHeartbeat();
    const cause = this.created.error ?? new OptrailError('database_unreachable', `No answer in ${flushTimeoutMs} ms.`, { retryable: true });
    outbox.abandon(cause);
    throw new OptrailError('recording_failed', `The run could not be created: ${cause.message}`, { cause });
  }

  private announceCreation(): void {
    const { intake, outbox, warnings } = this.parts;
    try {
      const before = intake.size;
      const input = this.description();
      outbox.push({ kind: 'createRun', input }, this.created, intake.size - before);
      this.created.release();
    } catch (thrown) {
      const error = asOptrailError(thrown);
      warnings.warn(`rejected:${error.code}`, `the run cannot be recorded: ${error.message}`);
      outbox.abandon(error);
      this.created.release(error);
    }
    opening.set(this.id, this.created.settled);
    void this.created.settled.then(() => opening.delete(this.id));
  }

  private description(): CreateOptimizationRunInput {
    const { intake, direction, scoreMax } = this.parts;
    const { optimizerType, config, metric, tags, notes, metadata, evalSetHash, parentRunId, initialScore } = this.options;
    const named = metric === undefined ? config : { ...config, metric: config?.metric ?? metric };
    return {
      id: this.id,
      projectId: this.projectId,
      runName: this.options.runName ?? `${optimizerType} ${new Date().toISOString().slice(0, 19).replace('T', ' ')} UTC`,
      optimizerType,
      status: 'running',
      direction,
      scoreMax,
      config: intake.object(named, 'config'),
      tags: intake.copy(tags, 'tags') as string[] | undefined,
      notes: intake.text(notes, 'notes'),
      metadata: this.mergeMetadata(intake.object(metadata, 'metadata')),
      evalSetHash,
      parentRunId,
      initialScore: intake.score(initialScore, 'initialScore'),
    };
  }

  private async beat(client: ResolveClient, signal: AbortSignal): Promise<void> {
    await this.created.settled;
    if (this.created.error !== undefined || signal.aborted) return;
    await (await client()).updateRunProgress(this.id, {}, { projectId: this.projectId, signal });
  }

  private async close(status: FinalStatus, error: unknown, annotation: RunAnnotation | undefined): Promise<FlushReport> {
    const { outbox, ledger, flushTimeoutMs } = this.parts;
    this.stopHeartbeat();
    const ended = new Ticket(() => undefined);
    const durationMs = performance.now() - this.start;
    const changes = { ...this.lastWords(error, annotation), status, durationMs };
    outbox.push({ kind: 'updateRun', runId: this.id, projectId: this.projectId, changes }, ended, 0);
    ended.release();
    const settled = Promise.all([ledger.settled(), ended.settled]);
    const inTime = await outbox.hurry(endsWithin(settled, flushTimeoutMs));
    if (!inTime) await endsWithin(outbox.keep(), KEEP_TIMEOUT_MS);
    const closed = settled.then(() => outbox.close()).catch(() => undefined);
    if (inTime) await endsWithin(closed, KEEP_TIMEOUT_MS);
    ledger.note(ended.error);
    this.sumUp(inTime && ended.error === undefined, status);
    return ledger.report();
  }

  /** Nothing in here may keep a run from ending, a mask that throws in a strict run neither. */
  private lastWords(error: unknown, annotation: RunAnnotation | undefined) {
    const { intake, ledger } = this.parts;
    try {
      const said = annotation === undefined ? {} : this.annotation(annotation);
      if (error === undefined) return said;
      const { message, stack } = describeError(error);
      return { ...said, errorMessage: intake.text(message, 'errorMessage'), errorStack: intake.text(stack, 'errorStack') };
    } catch (thrown) {
      ledger.note(thrown as OptrailError);
      return {};
    }
  }

  private sumUp(ended: boolean, status: FinalStatus): void {
    const { acknowledged, pending, rejected } = this.parts.ledger.report();
    if (ended && pending === 0 && rejected === 0) return;
    const calls = acknowledged + pending + rejected;
    const counts = `${acknowledged} of ${calls} calls are stored, ${rejected} were rejected, ${pending} still wait`;
    const rest = this.journal === undefined ? '' : `; ${whereabouts(this.journal, pending > 0 || !ended, rejected > 0)}`;
    this.parts.warnings.warn('end', `run ${this.id}: ${counts}${ended ? '' : `; its end (${status}) is not stored`}${rest}`);
  }
}

function whereabouts({ file }: Journal, waits: boolean, rejected: boolean): string {
  const commands = [
    ...(waits ? ['`npx optrail sync` sends what waits'] : []),
    ...(rejected ? ['`npx optrail sync --rejected` shows what was rejected, and why'] : []),
  ];
  return `kept in ${file}: ${commands.join('; ')}`;
}

interface RunOrigin {
  id: string;
  client: ResolveClient;
  warnings: Warnings;
  journal: Journal | undefined;
  reopened: ReopenedRun | null;
}

function isResume(options: TrackRunOptions | ResumeOptions): options is ResumeOptions {
  return options.resume !== undefined;
}

async function reopen(
  options: ResumeOptions,
  resolveClient: ResolveClient,
  { openLeftovers }: Surroundings,
  warnings: Warnings,
): Promise<ReopenedRun> {
  const { resume: runId, client, journal: option } = options;
  const leftovers = (await openLeftovers?.({ runId, client, option })) ?? [];
  return reopenRun(options, { resolveClient, leftovers, warnings });
}

function partsOf(options: TrackRunOptions, { id, client, warnings, journal, reopened }: RunOrigin): RunParts {
  const {
    projectId,
    direction = 'maximize',
    scoreMax = 1,
    strict = false,
    flushTimeoutMs = FLUSH_TIMEOUT_MS,
    signal,
    onIteration,
  } = options;
  const send = afterParent(options.parentRunId, sendThrough(client));
  const policy = strict ? PROMPT : journal === undefined ? PATIENT : KEPT;
  return {
    id,
    projectId,
    direction,
    scoreMax,
    strict,
    flushTimeoutMs,
    signal,
    onIteration,
    warnings,
    intake: new Intake(options.mask, strict, warnings),
    outbox: new Outbox({ send, policy, warnings, amend: !strict, journal }),
    ledger: new Ledger(),
    resumed: reopened?.resumed ?? null,
    metadata: reopened?.metadata ?? {},
  };
}

/** A strict run tells each refusal to its caller, who need not look for it on a disk. */
function journalOf(options: TrackRunOptions, runId: string, open: OpenJournal | undefined, warnings: Warnings): Journal | undefined {
  const { journal: option, strict = false } = options;
  if (option === false || (strict && option === undefined)) return undefined;
  if (open === undefined && option !== undefined)
    warnings.warn('journal', 'this runtime has no journal; what the database cannot take waits in memory');
  try {
    return open?.({ runId, client: options.client, option });
  } catch (error) {
    warnings.warn('journal', `no journal can be kept (${messageOf(error)}); what the database cannot take waits in memory`);
    return undefined;
  }
}

function afterParent(parentRunId: string | undefined, send: Send): Send {
  if (parentRunId === undefined) return send;
  return async (write, signal) => {
    if (write.kind === 'createRun') await opening.get(parentRunId);
    return send(write, signal);
  };
}

/** Resolves the client once; a failure is tried again by the next call. */
function once(client: OptimizationClient | undefined, resolve: ResolveClient): ResolveClient {
  let resolved = client === undefined ? undefined : Promise.resolve(client);
  return () => {
    resolved ??= Promise.resolve()
      .then(resolve)
      .catch((error: unknown) => {
        resolved = undefined;
        throw error;
      });
    return resolved;
  };
}
