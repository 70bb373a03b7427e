import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Migration } from '../migration.js';

/**
 * A seed is a data directory as initdb and the migrations leave it, in one file of less than a megabyte: a line of JSON that
 * says what it fits, then an index and the contents, compressed. The three databases of a new cluster are nearly the same
 * files, so each content is kept once.
 */
interface Heading {
  /** What {@link seedKey} said where it was made. */
  key: string;
  /** SHA-256 of all that follows the line. */
  sha256: string;
  /** Bytes of the index, once decompressed. */
  index: number;
}

interface Index {
  directories: string[];
  /** Path and number of its content. */
  files: [path: string, content: number][];
  /** Bytes of each content, in the order in which they follow. */
  lengths: number[];
}

const LINE_END = 10;

/** What a seed must have been made of to be taken: the engine, to the patch level, and the text of every migration. */
export function seedKey(migrations: readonly Migration[]): string {
  return [`pglite ${pgliteVersion()}`, ...migrations.map(({ name, sha256 }) => `${name} ${sha256}`)].join(', ');
}

function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8')) as { version: string };
  return version;
}

/** The key that a seed file carries. */
export function keyOf(seed: Buffer): string {
  return headingOf(seed).key;
}

/** Packs the directory of a database that was closed in good order. */
export function packSeed(directory: string, key: string): Buffer {
  const numbers = new Map<string, number>();
  const contents: Buffer[] = [];
  const index: Index = { directories: [], files: [], lengths: [] };
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true }).sort(byPath)) {
    const path = pathOf(entry)
      .slice(directory.length + 1)
      .replaceAll('\\', '/');
    if (entry.isDirectory()) index.directories.push(path);
    if (!entry.isFile()) continue;
    const content = readFileSync(pathOf(entry));
    const hash = sha256(content);
    const number = numbers.get(hash) ?? contents.push(content) - 1;
    numbers.set(hash, number);
    index.files.push([path, number]);
  }
  index.lengths = contents.map(({ length }) => length);
  const text = Buffer.from(JSON.stringify(index));
  const body = compressed(Buffer.concat([text, ...contents]));
  const heading: Heading = { key, sha256: sha256(body), index: text.length };
  return Buffer.concat([Buffer.from(`${JSON.stringify(heading)}\n`), body]);
}

/** Writes the directory that a seed holds. Throws where it was made for something else, or is damaged. */
export function unpackSeed(seed: Buffer, key: string, directory: string): void {
  const heading = headingOf(seed);
  if (heading.key !== key) throw new Error(`it was made for ${heading.key}, and this is ${key}`);
  const body = seed.subarray(seed.indexOf(LINE_END) + 1);
  if (sha256(body) !== heading.sha256) throw new Error('its hash is another one');
  const raw = brotliDecompressSync(body);
  const { directories, files, lengths } = JSON.parse(raw.toString('utf8', 0, heading.index)) as Index;
  let end = heading.index;
  const contents = lengths.map((length) => {
    end += length;
    return raw.subarray(end - length, end);
  });
  mkdirSync(directory, { mode: 0o700 });
  for (const path of directories) mkdirSync(join(directory, path), { mode: 0o700 });
  for (const [path, content] of files) writeFileSync(join(directory, path), contents[content] ?? '', { mode: 0o600 });
}

function headingOf(seed: Buffer): Heading {
  return JSON.parse(seed.toString('utf8', 0, seed.indexOf(LINE_END))) as Heading;
}

/** Quality 9 takes a second and gives 0.8 MB; 11 takes half a minute for a tenth less. The window spans what repeats. */
function compressed(raw: Buffer): Buffer {
  return brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type Entry = { parentPath: string; name: string };

const pathOf = ({ parentPath, name }: Entry): string => join(parentPath, name);
const byPath = (one: Entry, other: Entry): number => (pathOf(one) < pathOf(other) ? -1 : 1);
