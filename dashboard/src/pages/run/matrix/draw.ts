import type { MatrixExampleLine, StoryMatrix } from '../../../story/matrix-lines.js';
import type { Outcome } from '../../../story/outcome.js';
import type { StoryCandidate } from '../../../story/story.js';
import type { Colors } from '../../../theme/colors.js';
import { CELL, type Place, TOP, type View } from './geometry.js';

export interface MatrixLook {
  readonly palette: Colors;
  readonly font: string;
  readonly mono: string;
  readonly left: number;
  readonly cell: number;
  readonly winner: StoryCandidate | null;
  readonly spine: ReadonlySet<StoryCandidate>;
  /** The share of its scale that a candidate reached. */
  readonly levelOf: (candidate: StoryCandidate) => number;
  /** The texts of a row: its input, and the expected answer if that is a label. */
  readonly textOf: (line: MatrixExampleLine) => { text: string; label: string };
  readonly titleOf: (line: Extract<StoryMatrix['lines'][number], { kind: 'heading' }>) => string;
  /** The key of the example that is open. */
  readonly open: string | undefined;
}

/** Draws the part of the matrix that is in view, with the texts at the left and the candidates above. */
export function drawMatrix(
  context: CanvasRenderingContext2D,
  matrix: StoryMatrix,
  port: View,
  look: MatrixLook,
  current: Place | undefined,
): void {
  const { palette, left, cell } = look;
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, port.width, port.height);
  const rows = visible(port.top, port.height - TOP, matrix.lines.length, CELL.height);
  const columns = visible(port.left, port.width - left, matrix.columns.length, cell);
  for (const row of rows) {
    const line = matrix.lines[row];
    const y = TOP + row * CELL.height - port.top;
    if (line === undefined) continue;
    clip(context, 0, TOP, port.width, port.height - TOP, () => {
      if (line.kind === 'heading') return drawHeading(context, look.titleOf(line), line.count, y, look);
      if (line.key === look.open) {
        context.fillStyle = palette.trailSoft;
        context.fillRect(0, y, port.width, CELL.height);
        context.fillStyle = palette.trail;
        context.fillRect(0, y, 2, CELL.height);
      }
    });
    if (line.kind === 'heading') continue;
    clip(context, left, TOP, port.width - left, port.height - TOP, () => {
      for (const column of columns) {
        const outcome = line.outcomes[column];
        if (outcome !== undefined) drawCell(context, outcome, { x: left + column * cell - port.left, y, cell }, palette);
      }
    });
    clip(context, 0, TOP, left - 10, port.height - TOP, () => drawTexts(context, line, y, look, row === current?.row));
  }
  if (current !== undefined && current.column >= 0) {
    clip(context, left, TOP, port.width - left, port.height - TOP, () => {
      context.strokeStyle = palette.ink;
      context.lineWidth = 1.5;
      const x = left + current.column * cell - port.left;
      context.strokeRect(x + 1, TOP + current.row * CELL.height - port.top + 1.5, cell - 2, CELL.height - 3);
    });
  }
  clip(context, left, 0, port.width - left, TOP, () => drawHeads(context, matrix, columns, port, look));
}

function clip(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  draw();
  context.restore();
}

function visible(from: number, room: number, count: number, size: number): readonly number[] {
  const first = Math.max(0, Math.floor(from / size));
  const last = Math.min(count - 1, Math.floor((from + room) / size));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

function drawHeading(context: CanvasRenderingContext2D, title: string, count: number, y: number, { palette, font }: MatrixLook): void {
  context.textBaseline = 'middle';
  context.font = `600 12px ${font}`;
  context.fillStyle = palette.ink;
  context.fillText(title, 16, y + CELL.height / 2 + 1);
  const { width } = context.measureText(title);
  context.font = `12px ${font}`;
  context.fillStyle = palette.faint;
  context.fillText(String(count), 22 + width, y + CELL.height / 2 + 1);
}

/** Right is a tint, newly right a chevron up, newly wrong a chevron down, wrong hollow, an error hatched, not scored a dot. */
function drawCell(
  context: CanvasRenderingContext2D,
  outcome: Outcome,
  { x, y, cell }: { x: number; y: number; cell: number },
  palette: Colors,
): void {
  const [width, height] = [cell - 4, CELL.height - 4];
  if (outcome === 'none') {
    context.fillStyle = palette.edge;
    context.fillRect(x + cell / 2 - 1, y + CELL.height / 2 - 1, 2, 2);
    return;
  }
  const fill = { right: palette.fixedMid, fixed: palette.fixed, broke: palette.broke, wrong: palette.sunk, error: palette.surface }[
    outcome
  ];
  context.beginPath();
  context.roundRect(x + 2, y + 2, width, height, 4);
  context.fillStyle = fill;
  context.fill();
  if (outcome === 'wrong' || outcome === 'error') {
    context.strokeStyle = outcome === 'error' ? palette.faint : palette.line;
    context.lineWidth = 1;
    context.stroke();
  }
  const [middleX, middleY] = [x + cell / 2, y + CELL.height / 2];
  context.beginPath();
  if (outcome === 'error') {
    for (const shift of [-4, 0, 4]) {
      context.moveTo(middleX + shift - 4, middleY + 5);
      context.lineTo(middleX + shift + 4, middleY - 5);
    }
  } else if (outcome === 'fixed' || outcome === 'broke') {
    const tip = outcome === 'fixed' ? -2 : 2;
    context.moveTo(middleX - 4, middleY - tip);
    context.lineTo(middleX, middleY + tip);
    context.lineTo(middleX + 4, middleY - tip);
  }
  context.strokeStyle = outcome === 'error' ? palette.faint : palette.surface;
  context.lineWidth = outcome === 'error' ? 1 : 1.8;
  context.stroke();
}

function drawTexts(context: CanvasRenderingContext2D, line: MatrixExampleLine, y: number, look: MatrixLook, isCurrent: boolean): void {
  const { palette, font, mono, left } = look;
  const { text, label } = look.textOf(line);
  const middle = y + CELL.height / 2 + 1;
  context.textBaseline = 'middle';
  context.font = `11px ${mono}`;
  const labelWidth = label === '' || left < 300 ? 0 : context.measureText(label).width + 12;
  if (labelWidth > 0) {
    context.fillStyle = palette.faint;
    context.textAlign = 'right';
    context.fillText(label, left - 14, middle);
    context.textAlign = 'left';
  }
  context.font = `12px ${font}`;
  context.fillStyle = isCurrent || line.key === look.open ? palette.ink : palette.muted;
  context.fillText(shortened(context, text, left - 34 - labelWidth), 16, middle);
}

/** A text cut with an ellipsis so that it fits into so many pixels. */
function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / 4.6));
  let shown = text.length > most ? text.slice(0, most) : text;
  if (shown === text && context.measureText(text).width <= room) return text;
  while (shown.length > 1 && context.measureText(`${shown}…`).width > room) shown = shown.slice(0, -2);
  return `${shown.toWellFormed()}…`;
}

/** A bar and a number a candidate; the spine in the trail's colour. */
function drawHeads(
  context: CanvasRenderingContext2D,
  { columns }: StoryMatrix,
  shown: readonly number[],
  port: View,
  look: MatrixLook,
): void {
  const { palette, font, left, cell } = look;
  context.fillStyle = palette.surface;
  context.fillRect(left, 0, port.width - left, TOP);
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  for (const column of shown) {
    const candidate = columns[column];
    if (candidate === undefined) continue;
    const x = left + column * cell - port.left + cell / 2;
    const isSpine = look.spine.has(candidate);
    const height = 4 + look.levelOf(candidate) * 24;
    context.beginPath();
    context.roundRect(x - 5, TOP - 24 - height, 10, height, 2);
    context.fillStyle = isSpine ? palette.trail : palette.edge;
    context.fill();
    context.font = `${isSpine ? '600 ' : ''}${candidate.iteration > 999 ? 9 : 11}px ${font}`;
    context.fillStyle = candidate === look.winner ? palette.trail : isSpine ? palette.ink : palette.faint;
    context.fillText(String(candidate.iteration), x, TOP - 8);
  }
}
