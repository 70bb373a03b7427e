import { Icon } from '../../../components/Icon.js';
import { valueText } from '../../../format/values.js';
import { ScoreBar } from '../../../marks/ScoreBar.js';
import { facetName, hasLabels } from '../../../story/failures.js';
import { levelOf } from '../../../story/scale.js';
import { Card } from '../Card.js';
import { useTold } from '../story.js';

/** From the baseline to the winner, for each expected answer. */
export function FacetCard({ className = '' }: { className?: string }) {
  const { story, answers, assessment } = useTold();
  const { baseline, winner, scale } = story;
  if (baseline === null || winner === null || !hasLabels(answers.winner.values())) return null;
  const rows = new Map<string, { n: number; before: number; after: number }>();
  for (const [index, { key }] of story.examples.entries()) {
    const [before, after] = [baseline.values[index] ?? null, winner.values[index] ?? null];
    const label = valueText(answers.winner.get(key)?.expectedOutput);
    if (before === null || after === null || label === '') continue;
    const row = rows.get(label) ?? { n: 0, before: 0, after: 0 };
    rows.set(label, { n: row.n + 1, before: row.before + (levelOf(scale, before) ?? 0), after: row.after + (levelOf(scale, after) ?? 0) });
  }
  if (rows.size < 2 || rows.size > 8) return null;
  const share = { ...scale, isShare: true, sign: 1 as const, max: 1 };
  const figure = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
  return (
    <Card title={`By ${facetName(answers.winner.values())}`} sub="baseline to winner" className={className}>
      <ul className="grid gap-1 px-4 pb-4">
        {[...rows].map(([label, { n, before, after }]) => (
          <li key={label} className="flex items-center gap-3">
            <span className="plain-text min-w-0 flex-1 truncate font-medium font-mono text-xs">{label}</span>
            <ScoreBar
              scale={share}
              baseline={before / n}
              best={after / n}
              span={[0, 1]}
              width={140}
              height={20}
              word={after > before ? assessment?.word : undefined}
            />
            <span className="flex w-24 items-center justify-end gap-1">
              {figure(before)} <Icon name="arrowRight" className="size-3.5! text-faint" /> <b>{figure(after)}</b>
              <span className="text-faint text-xs">of {n}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
