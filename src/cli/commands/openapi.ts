import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { Runner } from '../runner.js';

export function addOpenapi(program: Command, run: Runner): void {
  program
    .command('openapi')
    .description('print the OpenAPI 3.1 document of the REST API')
    .option('--out <file>', 'write it to a file')
    .addHelpText('after', '\nExample:\n  optrail openapi --out openapi.json')
    .action(run(openapi));
}

async function openapi({ output }: Context, { out }: { out?: string }): Promise<void> {
  const [{ openApiDocument }, { ROUTES }] = await Promise.all([
    import('../../server/openapi/document.js'),
    import('../../server/routes/index.js'),
  ]);
  const text = `${JSON.stringify(openApiDocument(ROUTES), null, 2)}\n`;
  if (out === undefined) return output.data(text);
  await writeFile(out, text);
  output.note(`written to ${out}`);
}
