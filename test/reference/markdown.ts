import { readFileSync } from 'node:fs';

export const QUICK_REFERENCE = 'migrations/QUICK_REFERENCE.md';
export const SCHEMA_README = 'migrations/OPTIMIZATION_SCHEMA_README.md';

/** A fenced block. Its name is the heading above it, numbered from the second of one language on: `Heading (2)`. */
export interface Block {
  name: string;
  language: string;
  text: string;
}

export function readPage(file: string): string {
  return readFileSync(file, 'utf8');
}

export function blocksOf(page: string, language?: string): Block[] {
  const blocks: Block[] = [];
  const seen = new Map<string, number>();
  let heading = '';
  let open: Block | undefined;
  for (const line of page.split('\n')) {
    if (open !== undefined) {
      if (line.startsWith('```')) open = undefined;
      else open.text += `${line}\n`;
    } else if (line.startsWith('```')) {
      const key = `${heading} ${line}`;
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      open = { name: count === 1 ? heading : `${heading} (${count})`, language: line.slice(3), text: '' };
      blocks.push(open);
    } else if (/^#+ /.test(line)) {
      heading = line.replace(/^#+ /, '');
    }
  }
  return language === undefined ? blocks : blocks.filter((block) => block.language === language);
}

/** The page without its blocks. */
export function proseOf(page: string): string {
  return page.replace(/^```[\s\S]*?^```$/gm, '');
}

/** Rows of the first table after a heading, cell by cell, its own head left out. */
export function tableUnder(page: string, heading: string): string[][] {
  const lines = proseOf(page).split('\n');
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'));
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  if (start === -1 || first === -1) throw new Error(`no table under ${heading}`);
  return lines.slice(first + 2, length === -1 ? undefined : first + length).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** What stands between backticks. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
}

/** The anchors that GitHub gives a page's headings. */
export function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
