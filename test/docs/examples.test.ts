import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { type Outcome, cli as runProgram } from '../cli/process.js';
import { anchorsOf, blocksOf, proseOf } from '../reference/markdown.js';
import { freshDatabase, freshDirectory, temporaryDirectory } from '../support/databases.js';
import { asSuperuser } from '../support/sql.js';

const HOW_TO = 'docs/how-to';
/** In an order in which each finds what it reads. */
const GUIDES = [
  'README.md',
  ...['record-a-run', 'ax', 'dspy', 'embedded', 'query', 'server', 'keys-and-tokens', 'supabase', 'edge', 'postgres'].map(
    (name) => `${HOW_TO}/${name}.md`,
  ),
];
/** Those whose programs want a server. */
const ON_SERVER = ['postgres', 'keys-and-tokens'].map((name) => `${HOW_TO}/${name}.md`);
const PAGES = markdownIn('.');

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || ['node_modules', 'dist'].includes(entry.name)) return [];
    return entry.isDirectory() ? markdownIn(path) : path.endsWith('.md') ? [path] : [];
  });
}

const read = (page: string) => readFileSync(page, 'utf8');

/** Makes a folder the project of somebody who has installed Optrail, Ax and pg, with an embedded database that is made already. */
function asProject(folder: string): string {
  for (const scope of ['@ax-llm', '@types']) mkdirSync(join(folder, 'node_modules', scope), { recursive: true });
  symlinkSync(resolve('.'), join(folder, 'node_modules/optrail'));
  for (const name of ['@ax-llm/ax', 'pg', '@types/pg']) symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  renameSync(freshDirectory(), join(folder, '.optrail'));
  return folder;
}

/** That the lines stand in the text in this order, whatever stands between them. */
function expectInOrder(text: string, lines: readonly string[]): void {
  const left = text.split('\n').map((line) => line.trimEnd());
  for (const line of lines) {
    const at = left.indexOf(line);
    expect(at, `"${line}" in\n${left.join('\n')}`).toBeGreaterThanOrEqual(0);
    left.splice(0, at + 1);
  }
}

describe('the examples', () => {
  async function runExample(name: string): Promise<Outcome & { run: Record<string, unknown> }> {
    const cwd = asProject(temporaryDirectory());
    const outcome = await runProgram([], { program: `examples/${name}`, cwd });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await runProgram(['runs', 'show', 'latest', '--json'], { cwd });
    return { ...outcome, run: JSON.parse(stdout) };
  }

  test('track-run.mjs records three evaluations and prints what they came to', async () => {
    const { stdout, run } = await runExample('track-run.mjs');
    expect(run).toMatchObject({ status: 'completed', finalScore: 1, bestIteration: 2, iterations: 3, samplesEvaluated: 18 });
    expectInOrder(stdout, ['iteration 2: 1.00', 'three instructions (completed): 0.17 before, 1.00 now']);
    expect(stdout).toContain('what the baseline got wrong, 5 of 6:');
  });

  test('ax-gepa.mjs records a compile whose winner is the one that Ax names', async () => {
    const { stdout, run } = await runExample('ax-gepa.mjs');
    expect(run).toMatchObject({ status: 'completed', optimizerType: 'gepa', metric: 'rightQueue', model: 'stand-in', initialScore: 0.2 });
    expectInOrder(stdout, [
      'queues, offline stand-in: 0.20 before, 1.00 now',
      `Ax says 1.00; the record says iteration ${run.bestIteration}, from 9`,
      '- "fails" => bug',
    ]);
  });

  test('all stand in the list, and the list in the folder', () => {
    const named = [...read('examples/README.md').matchAll(/examples\/([\w-]+\.mjs)/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual(readdirSync('examples').filter((name) => name.endsWith('.mjs')));
  });
});

test('the output in the README is what the demo prints', async () => {
  const ids = (text: string) => text.replace(/\b[\da-f]{8}-[\da-f]{4}\b/g, '<id>');
  const [shown] = blocksOf(read('README.md'), 'text');
  const { code, stdout } = await runProgram(['demo'], { cwd: asProject(temporaryDirectory()) });
  expect(code).toBe(0);
  const lines = ids(shown?.text ?? '').split('\n');
  expectInOrder(
    ids(stdout),
    lines.filter((line) => line !== '...' && line !== ''),
  );
});

describe('links', () => {
  test.each(PAGES)('of %s lead somewhere', (page) => {
    const prose = proseOf(read(page)).replace(/`[^`\n]*`/g, '');
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '').filter((link) => !/^[a-z]+:/.test(link));
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('of the index name every guide', () => {
    const index = read('docs/README.md');
    for (const name of readdirSync(HOW_TO)) expect(index).toContain(`(how-to/${name})`);
    expect([...GUIDES].sort()).toEqual(['README.md', ...readdirSync(HOW_TO).map((name) => `${HOW_TO}/${name}`)].sort());
  });
});

interface Snippet {
  /** File name of its own, which tells page and place. */
  file: string;
  page: string;
  text: string;
}

/** A block that imports is a program. One that does not says what the programs of its page have in common. */
function snippetsOf(page: string): Snippet[] {
  const blocks = blocksOf(read(page)).filter(({ language }) => ['js', 'ts', 'javascript', 'typescript'].includes(language));
  const common = blocks.filter(({ text }) => !text.startsWith('import ')).map(({ text }) => text);
  const programs = blocks.filter(({ text }) => text.startsWith('import '));
  return programs.map(({ text, language }, index) => {
    const extension = language.startsWith('t') ? 'mts' : 'mjs';
    return { file: `${page.replaceAll(/\W+/g, '-')}-${index + 1}.${extension}`, page, text: [...common, text].join('\n') };
  });
}

/** A name that a snippet leaves to its reader. */
const MISSING_NAME = [2304, 2552, 18004];

/** What JavaScript reads without asking: the fields of JSON, and of Ax's results. */
const UNTYPED = /does not exist on type '(unknown|JSONType)'/;

/** What the compiler says of files, by file name: first what is wrong, then the names that are not declared. */
function compile(folder: string, files: readonly string[]): Map<string, { wrong: string[]; missing: string[] }> {
  const program = ts.createProgram(
    files.map((file) => join(folder, file)),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      typeRoots: [resolve('node_modules/@types')],
      types: ['node'],
      strict: false,
      allowJs: true,
      checkJs: true,
      noEmit: true,
      skipLibCheck: true,
    },
  );
  const found = ts.getPreEmitDiagnostics(program);
  return new Map(
    files.map((name) => {
      const own = found.filter(({ file }) => file?.fileName === join(folder, name));
      const texts = (each: readonly ts.Diagnostic[]) => each.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      const isMissing = ({ code }: ts.Diagnostic) => MISSING_NAME.includes(code);
      return [
        name,
        {
          wrong: texts(own.filter((each) => !isMissing(each))).filter((text) => !UNTYPED.test(text)),
          missing: texts(own.filter(isMissing)),
        },
      ];
    }),
  );
}

/** `ai()` of this one needs no key and no network. */
const AX_OFFLINE = `
import { AxMockAIService } from '@ax-llm/ax';
export * from '@ax-llm/ax';
const answer = (system) => system.includes('\`feedbackSummary\`') ? 'Feedback Summary: none'
  : system.includes('\`newValue\`') ? 'New Value: Name the queue, with care.' : 'Queue: billing';
export const ai = () => new AxMockAIService({
  name: 'offline', modelInfo: { name: 'offline' }, features: { functions: false, streaming: false },
  chatResponse: async ({ chatPrompt }) => ({ results: [{ index: 0, content: answer(String(chatPrompt[0].content)), finishReason: 'stop' }] }),
});
`;

describe('the snippets', () => {
  const snippets = GUIDES.flatMap(snippetsOf);
  let folder = '';
  let verdicts: ReturnType<typeof compile>;

  beforeAll(() => {
    folder = asProject(mkdtempSync(join(tmpdir(), 'optrail-docs-')));
    mkdirSync(join(folder, 'trails'));
    renameSync(freshDirectory(), join(folder, 'trails/july'));
    for (const { file, text } of snippets) writeFileSync(join(folder, file), text);
    for (const name of readdirSync('examples').filter((each) => each.endsWith('.mjs'))) {
      writeFileSync(join(folder, name), read(`examples/${name}`).replace(/^\/\/ @ts-nocheck.*/, ''));
    }
    verdicts = compile(
      folder,
      readdirSync(folder).filter((name) => /\.m[jt]s$/.test(name)),
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('and the examples compile against the built package, its exports and their types', () => {
    expect(snippets.length).toBeGreaterThan(15);
    expect([...verdicts].filter(([, { wrong }]) => wrong.length > 0)).toEqual([]);
  });

  test('leave nothing to the reader but a model, a program and examples', () => {
    const missing = [...verdicts].filter(([, each]) => each.missing.length > 0).map(([file]) => file);
    expect(missing).toEqual(['README-md-2.mjs']);
  });

  async function runAll(pages: readonly string[], env: Record<string, string> = {}): Promise<void> {
    const programs = snippets.filter(({ page, file }) => pages.includes(page) && verdicts.get(file)?.missing.length === 0);
    writeFileSync(join(folder, 'ax-offline.mjs'), AX_OFFLINE);
    for (const { file, text } of programs) writeFileSync(join(folder, file), text.replace("'@ax-llm/ax'", "'./ax-offline.mjs'"));
    const driver = programs.map(({ file }) => `console.log('--- ${file}');\nawait import('./${file}');\n`).join('');
    writeFileSync(join(folder, 'driver.mjs'), driver);
    const { code, stdout, stderr } = await runProgram([], { program: join(folder, 'driver.mjs'), cwd: folder, env });
    expect(code, stdout + stderr).toBe(0);
    // A comment behind console.log is what it prints.
    const promised = programs.flatMap(({ file, text }) => [
      `--- ${file}`,
      ...[...text.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, printed]) => printed ?? ''),
    ]);
    expectInOrder(stdout, promised);
    expect(stderr).toBe('');
  }

  test('run on the embedded database, and print what they say', { timeout: 180_000 }, () =>
    runAll(
      GUIDES.filter((page) => !ON_SERVER.includes(page)),
      { OPENAI_API_KEY: 'none' },
    ),
  );

  test('run on PostgreSQL', async () => {
    await runAll(ON_SERVER, { OPTRAIL_DATABASE_URL: await freshDatabase(18, { migrated: true }) });
  });

  test('in SQL run, page by page', async () => {
    for (const page of GUIDES) {
      const url = await freshDatabase(18, { migrated: true });
      for (const { text } of blocksOf(read(page), 'sql')) await asSuperuser(url, text);
    }
  });
});

describe('command lines', () => {
  const { stdout, stderr, stdin } = process;
  const program = createProgram({ args: [], stdout, stderr, stdin, environment: {}, signal: new AbortController().signal, interrupt() {} });

  /** What the command line does not know of a line: words that are none of its commands, options and arguments. */
  function unknownIn(line: string): string[] {
    const words = [...line.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word);
    let command = program;
    const subcommand = () => command.commands.find((each) => each.name() === words[0]);
    for (let next = subcommand(); next !== undefined; next = subcommand()) {
      command = next;
      words.shift();
    }
    const options = [...program.options, ...(command.parent?.options ?? []), ...command.options];
    const valued = options.filter(({ required }) => required).map(({ long }) => long);
    const flags = ['--help', ...options.map(({ long }) => long)];
    const others = words.filter((_, index) => !valued.includes(words[index - 1]));
    const args = others.filter((word) => !word.startsWith('-'));
    return [...others.filter((word) => word.startsWith('-') && !flags.includes(word)), ...args.slice(command.registeredArguments.length)];
  }

  /** In blocks for a shell or its output, and between backticks; without what a shell or a reader makes of the rest. */
  function linesOf(page: string): string[] {
    const blocks = blocksOf(read(page)).filter(({ language }) => ['sh', 'bash', 'text'].includes(language));
    const spans = [...proseOf(read(page)).matchAll(/`([^`]+)`/g)].map(([, span]) => (span ?? '').replaceAll('\n', ' '));
    const candidates = [...blocks.flatMap(({ text }) => text.split('\n')), ...spans];
    return candidates.flatMap((candidate) => {
      const [, command] = /^(?:.*`| *)(?:[A-Z_]+=\S+ )*(?:npx )?optrail ([a-z-].*)$/.exec(candidate) ?? [];
      return command === undefined ? [] : (command.split(/ {2,}| [|>#] |`/)[0] ?? '').trim();
    });
  }

  test.each(PAGES.filter((page) => linesOf(page).length > 0))('of %s are known', (page) => {
    for (const line of linesOf(page)) expect(unknownIn(line), `optrail ${line}`).toEqual([]);
  });

  test('in docs/cli.md show every command that there is', () => {
    const leaves = program.commands.flatMap((command) =>
      command.commands.length === 0 ? command.name() : command.commands.map((each) => `${command.name()} ${each.name()}`),
    );
    const shown = linesOf('docs/cli.md');
    for (const leaf of leaves) expect(shown.map((line) => `${line} `.slice(0, leaf.length + 1))).toContain(`${leaf} `);
  });
});
