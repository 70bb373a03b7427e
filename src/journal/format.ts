import { crc32 } from 'node:zlib';
import type { JournalRequest, Rejection } from './port.js';

/*
 * One record a line, each a JSON object in UTF-8. The last member is the CRC-32 of all bytes before its comma, so that the
 * last 20 bytes of a line are `,"crc32":"01234567"}` and a line is checked without being parsed. docs/journal.md says it to others.
 */

export const FORMAT_VERSION = 1;
const SEAL_LENGTH = 20;

/** The first line of a file. */
export interface HeaderRecord {
  readonly kind: 'journal';
  readonly version: number;
  readonly runId?: string | null;
  /** Which database the requests are meant for, without user and password; null or left out where any will do. */
  readonly target?: string | null;
  readonly createdAt?: string;
}

export interface RequestRecord extends JournalRequest {
  readonly kind: 'request';
  readonly sequence: number;
}

export interface AcknowledgedRecord {
  readonly kind: 'acknowledged';
  readonly sequence: number;
}

export interface RejectedRecord {
  readonly kind: 'rejected';
  readonly sequence: number;
  readonly reason: Rejection;
}

export type JournalRecord = HeaderRecord | RequestRecord | AcknowledgedRecord | RejectedRecord;

/** A record as a line with its line feed. */
export function lineOf(record: JournalRecord): Buffer {
  const text = Buffer.from(textOf(record).slice(0, -1));
  return Buffer.concat([text, Buffer.from(`,"crc32":"${checksum(text)}"}\n`)]);
}

/** The record in a line without its line feed; null where the line is damaged, or of a kind that is not known. */
export function recordOf(line: Buffer): JournalRecord | null {
  const text = line.subarray(0, -SEAL_LENGTH);
  if (line.subarray(-SEAL_LENGTH).toString('latin1') !== `,"crc32":"${checksum(text)}"}`) return null;
  try {
    const record: unknown = JSON.parse(line.toString('utf8'));
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

function checksum(text: Buffer): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function textOf(record: JournalRecord): string {
  try {
    return JSON.stringify(record);
  } catch {
    // A bigint, which no field asks for: as text, for the database to say what is wrong with it.
    return JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  }
}

function isRecord(value: unknown): value is JournalRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<string, unknown>;
  if (record.kind === 'journal') return record.version === FORMAT_VERSION;
  if (!Number.isSafeInteger(record.sequence)) return false;
  if (record.kind === 'acknowledged') return true;
  if (record.kind === 'rejected') return isReason(record.reason);
  return record.kind === 'request' && typeof record.method === 'string' && typeof record.path === 'string';
}

function isReason(value: unknown): value is Rejection {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}
