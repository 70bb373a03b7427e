import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OptrailError } from '../errors.js';
import { acquireLock, type Lock } from '../processes/lock.js';
import { headerOf, isOfUse, rewrite } from './compact.js';
import { EXTENSION, prepare } from './folder.js';
import { FORMAT_VERSION, type HeaderRecord, type JournalRecord, lineOf, type RequestRecord, recordOf } from './format.js';
import { type Line, Log, writeFileNow } from './log.js';
import type { Journal, JournalRequest, KeptRequest, ReadLimits, Rejection } from './port.js';
import { Tally } from './tally.js';

export interface FileJournalOptions {
  directory: string;
  runId: string;
  /** Which database the requests are meant for, in words without secrets. */
  target: string | null;
  limits?: FileLimits;
}

export interface FileLimits {
  /** Most bytes that a file may take. */
  bytes: number;
  /** A file is written anew without what is done with when that is so many bytes, and half of it. */
  slack: number;
}

const FILE_LIMITS: FileLimits = { bytes: 1024 ** 3, slack: 16 * 1024 ** 2 };
/** Milliseconds that notes of what is settled may wait: losing them costs a request sent twice. */
const NOTES_WAIT = 100;

/** A request that was refused for good, with the reason. */
export interface RejectedRequest extends RequestRecord {
  readonly reason: Rejection;
}

/** A journal in a file of its own: one writer at a time, appended to, checked when it is read. */
export class FileJournal implements Journal {
  damaged = 0;
  private log: Log | undefined;
  private lock: Lock | undefined;
  private next = 1;
  /** Where the first request stands that has not been read, and its place in the order. */
  private cursor = 0;
  private lastRead = 0;
  private unsettled = 0;
  private garbage = 0;
  /** Whether its lines were looked at when it was opened. */
  private recovered = false;
  private headerLength = 0;
  private tally = new Tally();
  private notes: JournalRecord[] = [];
  private notesTimer: ReturnType<typeof setTimeout> | undefined;
  /** What is on its way to the disk. */
  private writing: { lines: Buffer[]; requests: number } = { lines: [], requests: 0 };
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly file: string,
    private readonly header: HeaderRecord,
    private readonly limits: FileLimits,
  ) {}

  /** A journal of a run that begins now; its file is made by the first request. */
  static of({ directory, runId, target, limits = FILE_LIMITS }: FileJournalOptions): FileJournal {
    const createdAt = new Date().toISOString();
    const file = join(directory, `${createdAt.replaceAll(/[-:.]/g, '')}-${runId}${EXTENSION}`);
    return new FileJournal(file, { kind: 'journal', version: FORMAT_VERSION, runId, target, createdAt }, limits);
  }

  /** A journal that another process left. Rejects with `database_locked` where that process lives. */
  static async open(file: string, limits: FileLimits = FILE_LIMITS): Promise<FileJournal> {
    const lock = await acquireLock(dirname(file), `${basename(file)}.lock`);
    let log: Log | undefined;
    try {
      log = await Log.open(file);
      const journal = new FileJournal(file, await headerOf(log), limits);
      journal.log = log;
      journal.lock = lock;
      await journal.recover(log);
      return journal;
    } catch (error) {
      await log?.close();
      lock.release();
      throw error;
    }
  }

  /** Which database the requests are meant for; null where nobody said. */
  get target(): string | null {
    return this.header.target ?? null;
  }

  get runId(): string | null {
    return this.header.runId ?? null;
  }

  /** Requests that are neither acknowledged nor rejected. */
  get pending(): number {
    return this.unsettled;
  }

  get rejected(): number {
    return this.tally.rejected;
  }

  keep(requests: readonly JournalRequest[]): Promise<number[]> {
    return this.inTurn(async () => {
      const log = this.log ?? (await this.begin());
      const first = this.next;
      const notes = this.notes.splice(0);
      const lines = [...notes, ...requests.map((request, index) => requestRecord(request, first + index))].map(lineOf);
      const bytes = lines.reduce((sum, line) => sum + line.length, 0);
      try {
        if (log.length + bytes > this.limits.bytes) await this.makeRoom(log, bytes);
        this.writing = { lines, requests: requests.length };
        await log.append(lines);
      } catch (error) {
        this.notes.unshift(...notes);
        throw error;
      } finally {
        this.writing = { lines: [], requests: 0 };
      }
      this.next += requests.length;
      this.unsettled += requests.length;
      return requests.map((_, index) => first + index);
    });
  }

  read(most: ReadLimits): Promise<KeptRequest[]> {
    return this.inTurn(async () => {
      const found: KeptRequest[] = [];
      let characters = 0;
      if (this.log === undefined) return found;
      for await (const line of this.log.lines(this.cursor)) {
        if (found.length >= most.requests || (found.length > 0 && characters + line.text.length > most.characters)) break;
        this.cursor = line.end;
        const request = this.unread(line);
        if (request === null) continue;
        characters += request.size;
        found.push(request);
      }
      return found;
    });
  }

  settle(sequence: number, rejection?: Rejection): void {
    if (this.tally.isSettled(sequence)) return;
    this.unsettled -= 1;
    if (rejection === undefined) this.tally.acknowledge(sequence);
    else this.tally.reject(sequence);
    this.notes.push(
      rejection === undefined ? { kind: 'acknowledged', sequence } : { kind: 'rejected', sequence, reason: reasonOf(rejection) },
    );
    if (this.unsettled > 0 && this.notesTimer !== undefined) return;
    clearTimeout(this.notesTimer);
    this.notesTimer = setTimeout(() => void this.inTurn(() => this.tidy()).catch(() => undefined), this.unsettled > 0 ? NOTES_WAIT : 0);
    this.notesTimer.unref();
  }

  /** Takes back that requests were rejected, so that they are read, and may be sent, again. */
  async reopen(): Promise<void> {
    await this.inTurn(async () => {
      this.unsettled += this.tally.rejected;
      const acknowledged = this.tally;
      this.tally = new Tally();
      if (this.log === undefined) return;
      for await (const { text } of this.log.lines()) {
        const record = recordOf(text);
        if (record?.kind === 'request' && acknowledged.isAcknowledged(record.sequence)) this.tally.acknowledge(record.sequence);
      }
      this.cursor = this.headerLength;
      this.lastRead = 0;
    });
  }

  /** The requests that were rejected, with the last reason of each. */
  rejections(): Promise<RejectedRequest[]> {
    return this.inTurn(async () => {
      const requests = new Map<number, RequestRecord>();
      const reasons = new Map<number, Rejection>();
      if (this.log === undefined) return [];
      for await (const { text } of this.log.lines()) {
        const record = recordOf(text);
        if (record?.kind === 'request' && this.tally.isRejected(record.sequence)) requests.set(record.sequence, record);
        if (record?.kind === 'rejected') reasons.set(record.sequence, record.reason);
      }
      const unknown = { code: 'database_error', message: 'no reason was written down' };
      return [...requests.values()].map((request) => ({ ...request, reason: reasons.get(request.sequence) ?? unknown }));
    });
  }

  atExit(unkept: () => readonly JournalRequest[]): () => void {
    const keep = () => {
      try {
        this.keepNow(unkept());
      } catch {
        // The process ends; there is nobody left to tell.
      }
    };
    exits.add(keep);
    if (exits.size === 1) process.on('exit', runExits);
    return () => {
      exits.delete(keep);
      if (exits.size === 0) process.off('exit', runExits);
    };
  }

  close(): Promise<void> {
    return this.inTurn(async () => {
      clearTimeout(this.notesTimer);
      const { log, lock } = this;
      if (log === undefined) return;
      await this.tidy().catch(() => undefined);
      const empty = this.unsettled === 0 && this.tally.rejected === 0 && this.damaged === 0;
      this.log = undefined;
      this.lock = undefined;
      await log.close();
      if (empty) rmSync(this.file, { force: true });
      lock?.release({ remove: true });
    });
  }

  /** Nothing in here may wait: the event loop has ended. */
  private keepNow(requests: readonly JournalRequest[]): void {
    const { lines, requests: begun } = this.writing;
    const rest = requests.slice(begun).map((request, index) => requestRecord(request, this.next + begun + index));
    if (this.log !== undefined) {
      // What was on its way is written again in the same place, with the same bytes.
      const all = [...lines, ...[...this.notes, ...rest].map(lineOf)];
      if (this.unsettled > 0 || this.tally.rejected > 0 || lines.length + rest.length > 0) {
        this.log.appendNow(all);
      } else {
        rmSync(this.file, { force: true });
        this.lock?.release({ remove: true });
      }
      return;
    }
    if (rest.length === 0) return;
    prepare(dirname(this.file));
    writeFileNow(this.file, [this.header, ...rest].map(lineOf));
  }

  private async begin(): Promise<Log> {
    const directory = dirname(this.file);
    prepare(directory);
    const lock = await acquireLock(directory, `${basename(this.file)}.lock`);
    try {
      this.log = await Log.create(this.file, lineOf(this.header));
    } catch (error) {
      lock.release({ remove: true });
      throw error;
    }
    this.lock = lock;
    this.headerLength = this.log.length;
    this.cursor = this.log.length;
    return this.log;
  }

  /** Learns what a file holds that another process wrote. A line that was being written when it died is cut. */
  private async recover(log: Log): Promise<void> {
    let end = 0;
    for await (const line of log.lines()) {
      end = line.end;
      const record = recordOf(line.text);
      if (record === null) this.damaged += 1;
      else if (record.kind === 'journal') this.headerLength = line.end;
      else this.learn(record, line);
    }
    if (end < log.length) await log.cut(end);
    this.cursor = this.headerLength;
    this.recovered = true;
  }

  private learn(record: Exclude<JournalRecord, HeaderRecord>, line: Line): void {
    const { sequence } = record;
    if (record.kind === 'request') {
      // A process that exited wrote what was on its way once more.
      if (sequence < this.next) return;
      this.next = sequence + 1;
      this.unsettled += 1;
      return;
    }
    this.garbage += line.end - line.start;
    if (!this.tally.isSettled(sequence)) this.unsettled -= 1;
    if (record.kind === 'acknowledged') this.tally.acknowledge(sequence);
    else if (!this.tally.isSettled(sequence)) this.tally.reject(sequence);
  }

  private unread({ text, start, end }: Line): KeptRequest | null {
    const record = recordOf(text);
    if (record === null && !this.recovered) this.damaged += 1;
    if (record?.kind !== 'request' || record.sequence <= this.lastRead) return null;
    this.lastRead = record.sequence;
    this.garbage += end - start;
    if (this.tally.isSettled(record.sequence)) return null;
    const { sequence, method, path, body } = record;
    return { sequence, method, path, body, size: text.length };
  }

  /** Writes the notes down, and takes out of the file what is done with, where that is worth it. */
  private async tidy(): Promise<void> {
    const { log } = this;
    this.notesTimer = undefined;
    if (log === undefined) return;
    if (this.unsettled === 0 && this.tally.rejected === 0) {
      this.notes = [];
      await log.cut(this.headerLength);
      this.cursor = this.headerLength;
      this.garbage = 0;
      return;
    }
    const lines = this.notes.map(lineOf);
    await log.append(lines, { sync: false });
    this.notes.splice(0, lines.length);
    if (this.garbage > this.limits.slack && this.garbage > log.length / 2) await this.compact(log);
  }

  private async makeRoom(log: Log, bytes: number): Promise<void> {
    if (this.garbage > log.length / 2) await this.compact(log);
    if (log.length + bytes <= this.limits.bytes) return;
    throw new OptrailError('too_large', `the journal ${this.file} has reached its limit of ${this.limits.bytes} bytes`, {
      hint: 'Bring the database back, so that the journal empties.',
    });
  }

  private async compact(log: Log): Promise<void> {
    const isWanted = (record: JournalRecord) => isOfUse(record, this.tally);
    const places = await rewrite(log, { first: this.header, from: this.headerLength, cursor: this.cursor, isWanted });
    this.headerLength = places.headerLength;
    this.cursor = places.cursor;
    this.garbage = 0;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

const exits = new Set<() => void>();

function runExits(): void {
  for (const keep of exits) keep();
}

function requestRecord({ method, path, body }: JournalRequest, sequence: number): RequestRecord {
  return { kind: 'request', sequence, method, path, body };
}

function reasonOf({ code, message, hint }: Rejection): Rejection {
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
