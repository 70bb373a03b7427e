import type { IterationEvent } from '../../recorder/options.js';
import type { View } from '../format/columns.js';
import { score } from '../format/figures.js';
import { pad } from '../format/width.js';

const WIDTHS = { number: 4, kind: 10, score: 8, fate: 10, best: 12 } as const;

/** Iterations as they come, one line each, under a heading: the widths are fixed, since nobody knows what follows. */
export class IterationLines {
  private best: number | null = null;

  constructor(private readonly view: View) {}

  heading(): string {
    return this.view.colors.bold(line({ number: '#', kind: 'KIND', score: 'SCORE', fate: 'DECISION', best: 'BEST SO FAR' }));
  }

  next({ iteration, evalKind, status, score: value, decision, isBaseline, bestSoFar }: IterationEvent): string {
    const better = bestSoFar !== null && bestSoFar.iteration !== this.best;
    this.best = bestSoFar?.iteration ?? null;
    const fate = isBaseline ? 'baseline' : (decision ?? (status === 'completed' ? '-' : status));
    const text = line({ number: String(iteration), kind: evalKind, score: score(value), fate, best: score(bestSoFar?.score) });
    if (better) return this.view.colors.green(text);
    return decision === 'rejected' ? this.view.colors.dim(text) : text;
  }
}

function line(cells: Record<keyof typeof WIDTHS, string>): string {
  return [
    pad(cells.number, WIDTHS.number, 'right'),
    pad(cells.kind, WIDTHS.kind, 'left'),
    pad(cells.score, WIDTHS.score, 'right'),
    pad(cells.fate, WIDTHS.fate, 'left'),
    pad(cells.best, WIDTHS.best, 'right'),
  ].join('  ');
}
