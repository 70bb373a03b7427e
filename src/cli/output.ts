import pc from 'picocolors';
import { type Column, shown, titled, type View } from './format/columns.js';
import { csv } from './format/csv.js';
import { json } from './format/json.js';
import { markdown } from './format/markdown.js';
import { plainLine, plainText } from './format/plain.js';
import { sheet } from './format/sheet.js';
import { table } from './format/table.js';
import type { Format } from './settings.js';
import { type Shell, showsUnicode, terminalWidth, wantsColor } from './shell.js';

export interface OutputOptions {
  readonly format: Format;
  readonly quiet: boolean;
  readonly color: boolean;
}

const PAIR: readonly Column<{ title: string; text: string }>[] = [
  { key: 'field', title: 'Field', value: ({ title }) => title },
  { key: 'value', title: 'Value', value: ({ text }) => text },
];

/** Where a command's answer goes: data to stdout, in the format asked for; what is said about it to stderr. */
export class Output {
  readonly format: Format;
  readonly view: View;
  readonly width: number;
  private readonly errorColors: View['colors'];
  private readonly quiet: boolean;
  private held: string[] = [];
  private busy = false;

  constructor(
    private readonly shell: Shell,
    { format, quiet, color }: OutputOptions,
  ) {
    this.format = format;
    this.quiet = quiet;
    this.width = terminalWidth(shell);
    this.errorColors = pc.createColors(color && wantsColor(shell, shell.stderr));
    const colors = pc.createColors(color && format === 'table' && wantsColor(shell, shell.stdout));
    this.view = { colors, unicode: showsUnicode(shell), now: Date.now() };
  }

  /** Whether a program reads the answer: then stderr holds an error alone, or notes alone. */
  get forPrograms(): boolean {
    return this.format === 'json' || this.format === 'ndjson';
  }

  /** Whether a person reads the answer. */
  get forPeople(): boolean {
    return this.format === 'table';
  }

  /** Rows. `whole` is what `json` prints, where that is more than the rows. */
  async list<Row>(columns: readonly Column<Row>[], rows: readonly Row[], whole: unknown = rows): Promise<void> {
    if (this.format === 'json') return this.data(`${json(whole, 2)}\n`);
    if (this.format === 'ndjson') return this.data(rows.map((row) => `${json(row)}\n`).join(''));
    if (this.format === 'csv') return this.verbatim(csv(columns, rows));
    if (this.format === 'md') return this.data(markdown(columns, rows, this.view));
    if (rows.length > 0) await this.table(columns, rows);
  }

  /** One thing: its facts below each other for people, one row of CSV. */
  async record<Row>(facts: readonly Column<Row>[], row: Row, heading: string): Promise<void> {
    if (this.forPeople) return this.lines([this.view.colors.bold(plainLine(heading)), ...sheet(facts, row, this.view)]);
    if (this.format !== 'md') return this.list(facts, [row], row);
    const pairs = titled(facts).map((fact) => ({ title: fact.title, text: shown(fact, row, this.view) }));
    return this.list(
      PAIR,
      pairs.filter(({ text }) => text !== ''),
    );
  }

  /** Lines for people, made safe already. */
  async lines(lines: readonly string[]): Promise<void> {
    await this.data(`${lines.join('\n')}\n`);
  }

  async table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Promise<void> {
    const { lines, left } = table(columns, rows, this.width, this.view);
    await this.lines(lines);
    if (left.length > 0) this.note(`no room for ${left.join(', ')}: widen the terminal, or use --output csv`);
  }

  /** A text that is data itself: exactly as it is to a file or a pipe, made safe for a terminal. */
  async verbatim(text: string): Promise<void> {
    const ended = text.endsWith('\n') ? text : `${text}\n`;
    await this.data(this.shell.stdout.isTTY ? plainText(ended) : ended);
  }

  async data(text: string): Promise<void> {
    if (text === '') return;
    this.progress('');
    await new Promise<void>((resolve, reject) => {
      this.shell.stdout.write(text, (error) => (error && !isReaderGone(error) ? reject(error) : resolve()));
    });
  }

  /** Something worth knowing beside the data, as one line or several; `--quiet` leaves it out. */
  note(text: string): void {
    if (!this.quiet) this.say(this.errorColors.dim(plainText(text)));
  }

  /** Something without which the data would be misread. */
  warn(text: string): void {
    this.say(this.errorColors.yellow(plainText(`warning: ${text}`)));
  }

  /** What is being waited for, on a terminal alone, until the next output. An empty text takes it away. */
  progress(text: string): void {
    const { stderr } = this.shell;
    if (!stderr.isTTY || this.quiet || (text === '' && !this.busy)) return;
    this.busy = text !== '';
    stderr.write(`\r\x1b[K${this.errorColors.dim(plainLine(text))}`);
  }

  /** Lets go of the notes that were held back so as to leave stderr to an error. */
  finish(): void {
    this.progress('');
    for (const line of this.held.splice(0)) this.shell.stderr.write(`${line}\n`);
  }

  private say(line: string): void {
    this.held.push(line);
    if (!this.forPrograms) this.finish();
  }
}

/** A reader that has seen enough (`| head`) is no fault: the rest is written to nobody. */
function isReaderGone(error: Error): boolean {
  return 'code' in error && ['EPIPE', 'ERR_STREAM_DESTROYED'].includes(String(error.code));
}
