import { readFile, writeFile } from 'node:fs/promises';

/**
 * Writes a generated file, or, with `--check` on the command line, fails where the file on disk is another one.
 * Files are named from the folder that the script runs in, which npm makes the package's own.
 * @param {string} file
 * @param {string} text
 */
export async function generated(file, text) {
  const present = await readFile(file, 'utf8').catch(() => null);
  if (present === text) return console.log(`${file} is up to date`);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    return console.log(`${file} written`);
  }
  console.error(
    present === null
      ? `${file} is missing: run \`npm run gen\``
      : `${file} is out of date at ${firstDifference(present, text)}: run \`npm run gen\``,
  );
  process.exitCode = 1;
}

/**
 * @param {string} present
 * @param {string} wanted
 */
function firstDifference(present, wanted) {
  const lines = present.split('\n');
  const line = wanted.split('\n').findIndex((text, index) => text !== lines[index]);
  return `line ${line === -1 ? lines.length : line + 1}`;
}
