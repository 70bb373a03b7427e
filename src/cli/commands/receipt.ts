import { readFile, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { OptrailError } from '../../errors.js';
import { type Receipt, ReceiptSchema } from '../../schemas/receipt.js';
import { checkReceipt } from '../../trust/receipt.js';
import type { Context } from '../context.js';
import { json } from '../format/json.js';
import { plainLine } from '../format/plain.js';
import { findRun, noRun } from '../reference.js';
import type { Runner } from '../runner.js';
import { withProject } from '../trust/pair.js';
import { receiptHtml, receiptInHtml } from '../trust/receipt-html.js';
import { receiptMarkdown } from '../trust/receipt-markdown.js';

/** Exit code of a receipt that no longer follows from the record. */
const DIFFERS = 3;

interface ReceiptCommand {
  project?: string;
  format?: 'html' | 'md' | 'json';
  out?: string;
}

export function addReceipt(program: Command, run: Runner): void {
  const receipt = withProject(program.command('receipt [run]'))
    .description('write all that a claim about a run rests on into one file, which others can verify')
    .addOption(new Option('--format <format>', 'what the file holds (default: html)').choices(['html', 'md', 'json']))
    .option('--out <file>', 'write it to this file')
    .addHelpText(
      'after',
      '\nExamples:\n  optrail receipt latest --out receipt.html\n  optrail receipt latest --output md\n  optrail receipt verify receipt.html',
    )
    .action(run(write));
  receipt
    .command('verify <file>')
    .description('recompute a receipt from the record, and name the first difference (exit code 3)')
    .addHelpText('after', '\nExamples:\n  optrail receipt verify receipt.html\n  optrail receipt verify receipt.json --json')
    .action(run(verify));
}

async function write(context: Context, options: ReceiptCommand, text = 'latest'): Promise<void> {
  const { client, output, signal } = context;
  const run = await findRun(context, { text, projectId: options.project });
  const receipt = await client.receipt(run.id, { projectId: run.projectId, signal });
  if (receipt === null) throw noRun(context, text);
  const content = contentOf(receipt, options.format ?? usualFormat(context));
  if (options.out === undefined) return output.data(content);
  await writeFile(options.out, content);
  output.note(`written to ${plainLine(options.out)}: ${plainLine(receipt.sentence)}`);
}

function usualFormat({ output }: Context): 'html' | 'md' | 'json' {
  if (output.forPrograms) return 'json';
  return output.format === 'md' ? 'md' : 'html';
}

function contentOf(receipt: Receipt, format: 'html' | 'md' | 'json'): string {
  if (format === 'json') return `${json(receipt, 2)}\n`;
  return format === 'md' ? receiptMarkdown(receipt) : receiptHtml(receipt);
}

async function verify(context: Context, _: object, file: string): Promise<void> {
  const { client, output, shell, signal } = context;
  const { stated, whole } = stateOf(await readFile(file, 'utf8'), file);
  const recorded = await client.receipt(stated.run.id, { projectId: stated.run.projectId, signal });
  const check =
    recorded === null
      ? { holds: false, path: 'run.id', stated: stated.run.id, recorded: null, sentence: `The record holds no run ${stated.run.id}.` }
      : checkReceipt(whole, JSON.parse(JSON.stringify(recorded)));
  if (!check.holds) shell.exitCode = DIFFERS;
  if (output.forPrograms) return output.list([], [check], check);
  await output.lines([plainLine(check.sentence)]);
}

/** The receipt in a file, as JSON or inside HTML. */
function stateOf(content: string, file: string): { stated: Receipt; whole: unknown } {
  const text = content.trimStart().startsWith('<') ? receiptInHtml(content) : content;
  const whole = parsed(text ?? '');
  const { data } = ReceiptSchema.safeParse(whole);
  if (data !== undefined) return { stated: data, whole };
  throw new OptrailError('invalid_input', `${file} is not a receipt.`, {
    path: '<file>',
    hint: 'Pass the HTML or JSON file that `optrail receipt` wrote; its Markdown cannot be verified.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
