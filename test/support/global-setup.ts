import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { MAJORS, type Server, startServer } from './postgres.js';
import { makeEmbeddedTemplate, makePostgresTemplate } from './templates.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a superuser on each PostgreSQL version, by major version. */
    postgres: Record<number, string>;
    /** An embedded database's directory with all migrations, closed, to be copied. */
    embedded: string;
  }
}

const servers = new Map<number, Server>();
let embedded: string | undefined;

/** For the whole run: one server of each version, and one embedded database, each with a migrated database to copy from. */
export async function setup(project: TestProject): Promise<void> {
  const starting = MAJORS.map(async (major) => {
    const server = await startServer(major);
    servers.set(major, server);
    await makePostgresTemplate(server.url);
  });
  try {
    embedded = await makeEmbeddedTemplate();
    await Promise.all(starting);
  } catch (error) {
    await Promise.allSettled(starting);
    await teardown();
    throw error;
  }
  project.provide('postgres', Object.fromEntries([...servers].map(([major, { url }]) => [major, url])));
  project.provide('embedded', embedded);
}

export async function teardown(): Promise<void> {
  await Promise.all([...servers.values()].map((server) => server.stop()));
  if (embedded !== undefined) rmSync(embedded, { recursive: true, force: true });
}
