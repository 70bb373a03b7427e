import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const FILES = 'dist/dashboard';
const LIMIT = 200 * 1024;

const read = (name: string) => readFileSync(`${FILES}/assets/${name}`, 'utf8');
const names = readdirSync(`${FILES}/assets`).filter((name) => name.endsWith('.js'));

/** A chunk and what it imports at once: what the browser loads before it runs. */
function withImports(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, other] of read(name).matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) withImports(other as string, seen);
  return seen;
}

function chunkOf(prefix: string): string {
  const name = names.find((one) => one.startsWith(`${prefix}-`));
  if (name === undefined) throw new Error(`there is no chunk ${prefix}; run npm run build`);
  return name;
}

const index = readFileSync(`${FILES}/index.html`, 'utf8');
const entry = /src="\/assets\/([\w.-]+\.js)"/.exec(index)?.[1] ?? '';

test('the first load of the list of runs is under 200 KB of gzipped script', () => {
  const loaded = withImports(chunkOf('RunsPage'), withImports(entry));
  const bytes = [...loaded].reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
  console.log(`first load: ${(bytes / 1024).toFixed(0)} KB gzipped, in ${loaded.size} scripts`);
  expect(bytes).toBeLessThan(LIMIT);
});

test('charts, the palette and the differences are loaded when they are first needed', () => {
  const loaded = withImports(chunkOf('RunsPage'), withImports(entry));
  for (const lazy of [
    'echarts',
    'Palette',
    'word-diff',
    'line-diff',
    'structure-diff',
    'compute',
    'popups',
    'Toasts',
    'CandidatesTab',
    'ComparePage',
  ])
    expect(loaded).not.toContain(chunkOf(lazy));
});

test('the page has no inline script and loads nothing from elsewhere', () => {
  expect(index).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(index).not.toMatch(/(?:src|href)="(?!\/)/);
  const styles = readdirSync(`${FILES}/assets`).filter((name) => name.endsWith('.css'));
  for (const name of styles) expect(read(name)).not.toMatch(/url\(["']?(?:https?:)?\/\//);
});

test('two typefaces of the first load are under 55 KB, and the page asks for them before its style sheet is read', () => {
  const preloaded = [...index.matchAll(/rel="preload" as="font"[^>]*href="\/assets\/([\w.-]+)"/g)].map(([, name]) => name as string);
  expect(preloaded.map((name) => name.replace(/-[\w-]{8}\.woff2$/, '')).sort()).toEqual([
    'geist-latin-wght-normal',
    'geist-mono-latin-wght-normal',
  ]);
  const bytes = preloaded.reduce((sum, name) => sum + readFileSync(`${FILES}/assets/${name}`).length, 0);
  expect(bytes).toBeLessThan(55 * 1024);
});
