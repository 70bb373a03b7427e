import { execSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

/** @param {string} command */
const run = (command) => execSync(command, { stdio: 'inherit' });

/** @param {string} why */
function refuse(why) {
  console.error(`Not released: ${why}`);
  process.exit(1);
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const changed = execSync('git status --porcelain', { encoding: 'utf8' });
if (changed !== '') refuse(`the work tree is not clean\n${changed}`);
if (!readFileSync('CHANGELOG.md', 'utf8').includes(`\n## [${version}]`)) refuse(`CHANGELOG.md has no section for ${version}`);

// An incremental build leaves what was compiled from files that are gone.
rmSync('dist', { recursive: true, force: true });
run('npm run check');
run('npm test');
run('npm pack');
