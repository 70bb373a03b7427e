import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cruise, format } from 'dependency-cruiser';
import rules from '../.dependency-cruiser.mjs';
import { findings } from './lib/findings.mjs';

const ROOMS_WITH_SQL = /^src\/(database|store)\//;

const roots = ['src', 'dashboard/src'].filter((root) => existsSync(root));
const files = roots
  .flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => /[.]tsx?$/.test(name))
      .map((name) => `${root}/${name}`),
  )
  .sort();

const { output } = await cruise(roots, { ...rules.options, validate: true, ruleSet: { forbidden: rules.forbidden } });
if (typeof output === 'string') throw new Error(output);

const problems = [];
if (output.summary.error > 0) problems.push(String((await format(output, { outputType: 'err-long' })).output).trim());

// Under a TypeScript that dependency-cruiser cannot use it sees no modules at all, and reports success.
const seen = new Set(output.modules.map(({ source }) => source));
const unseen = files.filter((file) => !seen.has(file));
if (unseen.length > 0) problems.push(`dependency-cruiser did not see ${unseen.length} of ${files.length} files, ${unseen[0]} for one`);

const found = files.map((file) => ({ file, ...findings(file, readFileSync(file, 'utf8')) }));
for (const { file, sql } of found.filter(({ file }) => !ROOMS_WITH_SQL.test(file))) {
  problems.push(...sql.map((line) => `${file}:${line}: SQL stands in migrations/, store/ and database/ only`));
}
const renaming = found.filter(({ renaming }) => renaming.length > 0);
if (renaming.length > 1) {
  const places = renaming.map(({ file, renaming: [line] }) => `${file}:${line}`);
  problems.push(`camelCase and snake_case meet in one place only, not in ${places.join(' and ')}`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`layers: ${files.length} files, ${output.summary.totalDependenciesCruised} imports, every arrow as it should be`);
