import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import type { Major } from '../support/postgres.js';

export type Row = Record<string, unknown>;

/** One connection of the schema's owner, statement by statement, as psql would send them. */
export interface Session {
  kind: 'postgres' | 'embedded';
  /** Rows of each statement of the text. */
  run(text: string): Promise<Row[][]>;
  /** Rows of the last statement. */
  rows(text: string): Promise<Row[]>;
  /** What the planner does with a statement. */
  plan(statement: string): Promise<string>;
  /** The text as another role. */
  as(role: string, text: string): Promise<Row[][]>;
  /** Runs the migration. */
  install(): Promise<void>;
  close(): Promise<void>;
}

export interface Engine {
  name: string;
  kind: Session['kind'];
  open(): Promise<Session>;
}

function postgres(major: Major): Engine {
  return { name: `PostgreSQL ${major}`, kind: 'postgres', open: async () => connect(await freshDatabase(major, { migrated: true })) };
}

const embedded: Engine = {
  name: 'PGlite',
  kind: 'embedded',
  async open() {
    const dataDir = join(freshDirectory(), 'data');
    const engine = await PGlite.create({ dataDir });
    const end = async () => {
      await engine.close();
      rmSync(dirname(dataDir), { recursive: true, force: true });
    };
    const script = async (text: string) => {
      await engine.exec(text);
    };
    return session('embedded', { one: async (statement) => (await engine.query<Row>(statement)).rows, script, end });
  },
};

export const SERVERS: readonly Engine[] = [postgres(18), postgres(15)];
export const ENGINES: readonly Engine[] = [...SERVERS, embedded];

const NUMBERS = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC];

export async function connect(url: string): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: (oid, format) => (NUMBERS.includes(oid) ? Number : pg.types.getTypeParser(oid, format)) as never },
  });
  await client.connect();
  const one = async (statement: string) => (await client.query<Row>(statement)).rows;
  const script = async (text: string) => {
    await client.query(text);
  };
  return session('postgres', { one, script, end: () => client.end() });
}

interface Driver {
  one(statement: string): Promise<Row[]>;
  script(text: string): Promise<void>;
  end(): Promise<void>;
}

function session(kind: Session['kind'], { one, script, end }: Driver): Session {
  const run = async (text: string): Promise<Row[][]> => {
    const results: Row[][] = [];
    for (const statement of statementsOf(text)) results.push(await one(statement));
    return results;
  };
  return {
    kind,
    run,
    rows: async (text) => (await run(text)).at(-1) ?? [],
    plan: async (statement) => (await one(`explain (costs off) ${statement}`)).map((row) => row['QUERY PLAN']).join('\n'),
    async as(role, text) {
      await one(`set role ${role}`);
      try {
        return await run(text);
      } finally {
        await one('reset role');
      }
    },
    install: () => script(readFileSync('migrations/001_optimization_runs.sql', 'utf8')),
    close: end,
  };
}

/** The statements of a text, without the comments before them. Knows quotes and comments to the end of the line. */
export function statementsOf(text: string): string[] {
  const parts = text.matchAll(/(?:'(?:[^']|'')*'|--[^\n]*|[^;'-]|-)+/g);
  return [...parts].map(([part]) => part.replace(/^(?:\s|--[^\n]*\n?)+/, '').trim()).filter((part) => part !== '');
}
