import { rmSync } from 'node:fs';
import pg from 'pg';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { openLent } from '../../src/database/embedded/lent.js';
import type { Database, Elsewhere, EnginePort } from '../../src/database/port.js';
import { openPostgres } from '../../src/database/postgres.js';
import { freshDatabase, freshDirectory } from './databases.js';
import type { Major } from './postgres.js';

/** One way to reach a database with all migrations; a suite that runs over all of them holds for every user. */
export interface Engine {
  name: string;
  kind: Database['kind'];
  /** A new database. Closing it also ends what stands behind it. */
  open(): Promise<Database>;
}

const embedded: Engine = {
  name: 'PGlite',
  kind: 'embedded',
  async open() {
    const directory = freshDirectory();
    const database = await openEmbedded({ directory });
    return closingToo(database, async () => rmSync(directory, { recursive: true, force: true }));
  },
};

function byUrl(major: Major): Engine {
  return {
    name: `PostgreSQL ${major}`,
    kind: 'postgres',
    open: async () => openPostgres({ url: await freshDatabase(major, { migrated: true }) }),
  };
}

function byPool(name: string, settings: pg.PoolConfig): Engine {
  return {
    name,
    kind: 'postgres',
    async open() {
      const pool = new pg.Pool({ connectionString: await freshDatabase(18, { migrated: true }), ...settings });
      return closingToo(openPostgres({ pool }), () => pool.end());
    },
  };
}

function closingToo(database: Database, end: () => Promise<void>): Database {
  const close = database.close.bind(database);
  let closing: Promise<void> | undefined;
  return Object.assign(database, {
    close: () => {
      closing ??= close().then(end);
      return closing;
    },
  });
}

/** The embedded engine as another thread of the process reaches it. */
export const LENT: Engine = {
  name: 'PGlite, lent',
  kind: 'embedded',
  async open() {
    const database = await embedded.open();
    const { kind, target, pool, elsewhere } = database;
    const borrow = () => new Promise<EnginePort>((resolve, reject) => lendOf(elsewhere)(resolve).catch(reject));
    return {
      ...{ kind, target, pool, elsewhere },
      ...openLent(borrow),
      script: (text) => database.script(text),
      listen: (channel, heard) => database.listen(channel, heard),
      close: () => database.close(),
    };
  },
};

function lendOf(elsewhere: Elsewhere | null) {
  if (elsewhere?.kind !== 'embedded') throw new Error('only the embedded engine is lent');
  return elsewhere.lend;
}

/** The engines that the helper functions are tested on. */
export const ENGINES: readonly Engine[] = [embedded, byUrl(15), byUrl(18)];

/** And pools of the caller's own, in every way that changes how statements are sent. */
export const POOLS: readonly Engine[] = [byPool('an injected pool', {}), byPool('an injected pool that pipelines', { pipeline: true })];
