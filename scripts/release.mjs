import { execFileSync, execSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

/** @param {string} command */
const run = (command) => execSync(command, { stdio: 'inherit' });

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const changed = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' });
if (changed !== '') throw new Error(`The work tree is not clean:\n${changed}`);
if (!readFileSync('CHANGELOG.md', 'utf8').includes(`\n## [${version}]`)) throw new Error(`CHANGELOG.md has no section for ${version}`);

// An incremental build leaves what was compiled from files that are gone.
rmSync('dist', { recursive: true, force: true });
run('npm run check');
run('npm test');
run('npm pack');
