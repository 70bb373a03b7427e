import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OptrailError } from './errors.js';
import { serverUrl } from './schemas/server-url.js';

/** Where the trail is kept, and which setting says so. */
export type TargetSettings =
  | { kind: 'server'; url: string; apiKey?: string | undefined; source: 'OPTRAIL_URL' }
  | { kind: 'postgres'; url: string; source: DatabaseVariable }
  | { kind: 'embedded'; directory: string; source: 'default' };

export interface Settings {
  target: TargetSettings;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type DatabaseVariable = (typeof DATABASE_VARIABLES)[number];

// Never a bare DATABASE_URL: it may be somebody's application.
const DATABASE_VARIABLES = ['OPTRAIL_DATABASE_URL', 'SUPABASE_DB_URL'] as const;

/** A variable that a platform sets where files do not outlive the call, and the platform's name. */
const SERVERLESS: Readonly<Record<string, string>> = {
  AWS_LAMBDA_FUNCTION_NAME: 'AWS Lambda',
  VERCEL: 'Vercel',
  NETLIFY: 'Netlify',
  K_SERVICE: 'Cloud Run',
  FUNCTION_TARGET: 'Cloud Functions',
  WEBSITE_INSTANCE_ID: 'Azure App Service',
  CF_PAGES: 'Cloudflare Pages',
};

const DIRECTORY = '.optrail';

/**
 * Settings from the environment: `OPTRAIL_URL`, a server, with `OPTRAIL_API_KEY`; else `OPTRAIL_DATABASE_URL`, else `SUPABASE_DB_URL`, else a database of our own in `.optrail` beside
 * the nearest package.json. Rejects with `not_configured` naming the variable that is wrong or missing.
 */
export function readSettings(environment: Environment = process.env, directory: string = process.cwd()): Settings {
  const server = read(environment, 'OPTRAIL_URL');
  if (server !== undefined) {
    const url = serverUrl(server, 'OPTRAIL_URL');
    return { target: { kind: 'server', url, apiKey: readApiKey(environment), source: 'OPTRAIL_URL' } };
  }
  for (const source of DATABASE_VARIABLES) {
    const url = read(environment, source);
    if (url !== undefined) return { target: { kind: 'postgres', url: postgresUrl(url, source), source } };
  }
  refuseServerless(environment);
  return { target: { kind: 'embedded', directory: trailDirectory(directory), source: 'default' } };
}

/** `OPTRAIL_API_KEY`: the key or token that a server is asked with. */
export function readApiKey(environment: Environment = process.env): string | undefined {
  return read(environment, 'OPTRAIL_API_KEY');
}

/** How a server checks tokens: what is unset is left out. Whether it makes sense, the server says. */
export interface TokenSettings {
  jwtSecret?: string;
  jwksUrl?: string;
  audience?: string;
  issuer?: string;
}

/** `OPTRAIL_JWT_SECRET`, `OPTRAIL_JWKS_URL`, `OPTRAIL_JWT_AUDIENCE` and `OPTRAIL_JWT_ISSUER`. */
export function readTokenSettings(environment: Environment = process.env): TokenSettings {
  const settings = {
    jwtSecret: read(environment, 'OPTRAIL_JWT_SECRET'),
    jwksUrl: read(environment, 'OPTRAIL_JWKS_URL'),
    audience: read(environment, 'OPTRAIL_JWT_AUDIENCE'),
    issuer: read(environment, 'OPTRAIL_JWT_ISSUER'),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** `OPTRAIL_METRICS_TOKEN`: what Prometheus shows to read the figures of a server. */
export function readMetricsToken(environment: Environment = process.env): string | undefined {
  return read(environment, 'OPTRAIL_METRICS_TOKEN');
}

/** `.optrail` beside the nearest package.json, from a directory upwards. */
export function trailDirectory(directory: string = process.cwd()): string {
  return join(projectRoot(directory), DIRECTORY);
}

/** Whether files outlive the call: on a serverless platform they do not. */
export function keepsFiles(environment: Environment = process.env): boolean {
  return serverlessVariable(environment) === undefined;
}

/**
 * A `postgresql://` URL, checked. Rejects with `not_configured`; the error shows the URL masked.
 * @param source the variable or option it came from, for the error
 */
export function postgresUrl(url: string, source: string): string {
  const form = { hint: 'It has the form postgresql://user:password@host:5432/database.' };
  if (!URL.canParse(url)) {
    throw new OptrailError('not_configured', `${source} is not a URL. Special characters in the password must be percent-encoded.`, form);
  }
  if (!['postgres:', 'postgresql:'].includes(new URL(url).protocol)) {
    throw new OptrailError('not_configured', `${source} is not a PostgreSQL URL: ${maskUrl(url)}`, form);
  }
  return url;
}

/** A URL for people to read: the password, and a password among the parameters, as `***`. What is no URL is not shown at all. */
export function maskUrl(url: string): string {
  if (!URL.canParse(url)) return '***';
  const masked = new URL(url);
  if (masked.password !== '') masked.password = '***';
  for (const name of masked.searchParams.keys()) {
    if (/pass|secret|token|key/i.test(name)) masked.searchParams.set(name, '***');
  }
  return masked.href;
}

/** An empty variable counts as unset, as a blank line in an .env file means it. */
function read(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

function serverlessVariable(environment: Environment): string | undefined {
  return Object.keys(SERVERLESS).find((name) => read(environment, name) !== undefined);
}

function refuseServerless(environment: Environment): void {
  const variable = serverlessVariable(environment);
  if (variable === undefined) return;
  throw new OptrailError(
    'not_configured',
    `On ${SERVERLESS[variable]} (${variable} is set) a local database would vanish after the call, and no database is named.`,
    { hint: 'Set OPTRAIL_DATABASE_URL, or SUPABASE_DB_URL, to a PostgreSQL database, or OPTRAIL_URL to a server.' },
  );
}

/** The nearest directory upwards with a package.json, else the directory itself. */
function projectRoot(directory: string): string {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (at === dirname(at)) return resolve(directory);
  }
}
