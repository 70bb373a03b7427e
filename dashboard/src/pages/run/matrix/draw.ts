import type { MatrixCell, MatrixView } from '../../../model/matrix.js';
import type { Colors } from '../../../theme/colors.js';
import { CELL, LEFT, type Place, TOP } from './geometry.js';

/** Steps of the scale: more are not told apart. */
const STEPS = 12;

export interface MatrixLook {
  readonly palette: Colors;
  /** From the worst to the best. */
  readonly ramp: readonly string[];
  readonly font: string;
  readonly span: readonly [low: number, high: number];
  readonly isMinimized: boolean;
  readonly best: number | null;
}

export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Colours between two, as `rgb()`. */
export function rampBetween(from: string, to: string): readonly string[] {
  const [a, b] = [from, to].map((color) => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
  return Array.from({ length: STEPS }, (_, step) => {
    const channels = [0, 1, 2].map((channel) =>
      Math.round((a?.[channel] ?? 0) + (((b?.[channel] ?? 0) - (a?.[channel] ?? 0)) * step) / (STEPS - 1)),
    );
    return `rgb(${channels.join(' ')})`;
  });
}

/** Draws the part of the matrix that is in view, with its names on the left and its iterations above. */
export function drawMatrix(
  context: CanvasRenderingContext2D,
  view: MatrixView,
  port: Viewport,
  look: MatrixLook,
  current: Place | undefined,
): void {
  const { palette } = look;
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, port.width, port.height);
  const rows = visible(port.top, port.height - TOP, view.rows.length);
  const columns = visible(port.left, port.width - LEFT, view.columns.length);
  context.save();
  context.beginPath();
  context.rect(LEFT, TOP, port.width - LEFT, port.height - TOP);
  context.clip();
  for (const row of rows) {
    const y = TOP + row * CELL - port.top;
    for (const column of columns) {
      const cell = view.rows[row]?.cells[column];
      if (cell !== undefined) drawCell(context, cell, LEFT + column * CELL - port.left, y, look);
    }
  }
  if (current !== undefined) drawCurrent(context, LEFT + current.column * CELL - port.left, TOP + current.row * CELL - port.top, palette);
  context.restore();
  drawNames(context, view, rows, port, look, current);
  drawIterations(context, view, columns, port, look, current);
}

function visible(from: number, room: number, count: number): readonly number[] {
  const first = Math.max(0, Math.floor(from / CELL));
  const last = Math.min(count - 1, Math.floor((from + room) / CELL));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function drawCell(context: CanvasRenderingContext2D, { score, failed }: MatrixCell, x: number, y: number, look: MatrixLook): void {
  const { palette } = look;
  if (failed === null) {
    context.fillStyle = palette.line;
    context.fillRect(x + CELL / 2 - 1, y + CELL / 2 - 1, 2, 2);
    return;
  }
  const share = score === null ? (failed ? 0 : 1) : shareOf(score, look);
  context.fillStyle = look.ramp[Math.round(share * (look.ramp.length - 1))] ?? palette.surface;
  context.fillRect(x + 1, y + 1, CELL - 2, CELL - 2);
  if (!failed) return;
  // A cross, so that colour is not the only sign.
  context.strokeStyle = palette.bad;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x + 7, y + 7);
  context.lineTo(x + CELL - 7, y + CELL - 7);
  context.moveTo(x + CELL - 7, y + 7);
  context.lineTo(x + 7, y + CELL - 7);
  context.stroke();
}

function shareOf(score: number, { span: [low, high], isMinimized }: MatrixLook): number {
  const share = high > low ? Math.max(0, Math.min(1, (score - low) / (high - low))) : 1;
  return isMinimized ? 1 - share : share;
}

function drawCurrent(context: CanvasRenderingContext2D, x: number, y: number, { ink }: Colors): void {
  context.strokeStyle = ink;
  context.lineWidth = 2;
  context.strokeRect(x + 1, y + 1, CELL - 2, CELL - 2);
}

function drawNames(
  context: CanvasRenderingContext2D,
  view: MatrixView,
  rows: readonly number[],
  port: Viewport,
  { palette, font }: MatrixLook,
  current: Place | undefined,
): void {
  context.save();
  context.beginPath();
  context.rect(0, TOP, LEFT - 8, port.height - TOP);
  context.clip();
  context.font = `11px ${font}`;
  context.textBaseline = 'middle';
  for (const row of rows) {
    context.fillStyle = row === current?.row ? palette.ink : palette.muted;
    context.fillText((view.rows[row]?.label ?? '').slice(0, 40), 10, TOP + row * CELL - port.top + CELL / 2);
  }
  context.restore();
}

function drawIterations(
  context: CanvasRenderingContext2D,
  view: MatrixView,
  columns: readonly number[],
  port: Viewport,
  { palette, font, best }: MatrixLook,
  current: Place | undefined,
): void {
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, port.width - LEFT, TOP);
  context.clip();
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  for (const column of columns) {
    const iteration = view.columns[column];
    if (iteration === undefined) continue;
    const x = LEFT + column * CELL - port.left + CELL / 2;
    const isBest = iteration.iteration === best;
    context.fillStyle = column === current?.column || isBest ? palette.ink : palette.muted;
    context.font = `${isBest ? '600 ' : ''}${iteration.iteration > 999 ? 8 : 10}px ${font}`;
    context.fillText(String(iteration.iteration), x, TOP - 8);
    if (isBest) context.fillText('★', x, TOP - 24);
    else if (iteration.evalKind !== 'full') context.fillText(iteration.evalKind.charAt(0), x, TOP - 24);
  }
  context.restore();
}
