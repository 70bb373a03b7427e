import pino from 'pino';
import type { Logger } from '../../server/http/log.js';
import type { Shell } from '../shell.js';
import type { LogLevel } from './levels.js';

/** Lines of JSON on stderr, that are on the disk or in the pipe when the process ends, however it ends. */
export function loggerOf({ stderr }: Shell, level: LogLevel | undefined): Logger {
  return pino({ level: level ?? (stderr.isTTY ? 'warn' : 'info'), base: null }, { write: (line: string) => void stderr.write(line) });
}
