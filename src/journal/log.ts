import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

const CHUNK = 256 * 1024;
const LINE_FEED = 10;

/** A whole line of a file, without its line feed, and where it stands. */
export interface Line {
  readonly text: Buffer;
  readonly start: number;
  /** Where the next one begins. */
  readonly end: number;
}

/** A file of lines that grows at its end, and of which a line counts when it is whole and on the disk. */
export class Log {
  private constructor(
    readonly path: string,
    private handle: FileHandle,
    /** Bytes that count. */
    private size: number,
  ) {}

  /** Makes the file, with its first line; rejects where there is one of the name. */
  static async create(path: string, first: Buffer): Promise<Log> {
    // It holds prompts and examples: for its owner alone.
    const log = new Log(path, await open(path, 'wx+', 0o600), 0);
    await log.append([first]);
    await syncDirectory(path);
    return log;
  }

  static async open(path: string): Promise<Log> {
    const handle = await open(path, 'r+');
    return new Log(path, handle, (await handle.stat()).size);
  }

  get length(): number {
    return this.size;
  }

  /** Adds lines; they are on the disk when it resolves, or not in the file when it rejects. */
  async append(lines: readonly Buffer[], { sync = true }: { sync?: boolean } = {}): Promise<void> {
    const text = Buffer.concat(lines);
    try {
      for (let done = 0; done < text.length; ) {
        done += (await this.handle.write(text, done, text.length - done, this.size + done)).bytesWritten;
      }
      if (sync) await this.handle.datasync();
    } catch (error) {
      await this.handle.truncate(this.size).catch(() => undefined);
      throw error;
    }
    this.size += text.length;
  }

  /** The same at once, for the end of the process. */
  appendNow(lines: readonly Buffer[]): void {
    const file = openSync(this.path, 'r+');
    try {
      writeNow(file, Buffer.concat(lines), this.size);
    } finally {
      closeSync(file);
    }
  }

  /** The whole lines between two places. */
  async *lines(from = 0): AsyncGenerator<Line> {
    let parts: Buffer[] = [];
    let start = from;
    for (let at = from; at < this.size; ) {
      const { buffer, bytesRead } = await this.handle.read(Buffer.allocUnsafe(Math.min(CHUNK, this.size - at)), 0, null, at);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      let begin = 0;
      for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, begin)) {
        const end = at + feed + 1;
        yield { text: Buffer.concat([...parts, chunk.subarray(begin, feed)]), start, end };
        parts = [];
        begin = feed + 1;
        start = end;
      }
      parts.push(chunk.subarray(begin));
      at += bytesRead;
    }
  }

  /** Cuts what stands behind a place. */
  async cut(length: number): Promise<void> {
    await this.handle.truncate(length);
    this.size = length;
  }

  /** Puts another log in this one's place, under this one's name. */
  async replaceBy(other: Log): Promise<void> {
    await other.handle.sync();
    await rename(other.path, this.path);
    await syncDirectory(this.path);
    await this.handle.close();
    this.handle = other.handle;
    this.size = other.size;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Writes a file of its own at once, for the end of the process. */
export function writeFileNow(path: string, lines: readonly Buffer[]): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeNow(file, Buffer.concat(lines), 0);
  } finally {
    closeSync(file);
  }
}

function writeNow(file: number, text: Buffer, position: number): void {
  try {
    for (let done = 0; done < text.length; ) done += writeSync(file, text, done, text.length - done, position + done);
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, position);
    throw error;
  }
}

/** So that a file's name outlives the machine too; where directories cannot be opened (Windows) the system sees to that. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(dirname(path), 'r');
    await directory.sync().finally(() => directory.close());
  } catch {
    return;
  }
}
