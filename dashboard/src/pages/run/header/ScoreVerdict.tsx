import { Score } from '../../../components/Figures.js';
import { Icon, type IconName } from '../../../components/Icon.js';
import { percent, score, signed } from '../../../format/number.js';
import { type Standings, standingsOf } from '../../../model/progress.js';
import { useRun } from '../useRun.js';

/** The score against the one it began with, and in plain words whether anything was won. */
export function ScoreVerdict() {
  const { run } = useRun();
  const standings = standingsOf(run);
  const { words, icon, tone } = verdictOf(standings);
  const scale = [run.metric, run.direction === 'minimize' ? 'lower is better' : null, run.scoreMax === 1 ? null : `of ${run.scoreMax}`];
  return (
    <div className="flex min-w-0 flex-col gap-0.5 border-line border-b px-4 py-3 lg:border-r lg:border-b-0">
      <p className="plain-text truncate text-muted text-xs">
        {standings.isFinal ? 'Final score' : 'Best so far'}
        {scale.filter((part) => part !== null).map((part) => ` · ${part}`)}
      </p>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="numeric font-semibold text-2xl">
          <Score value={standings.reached} />
        </span>
        {standings.baseline !== null && (
          <span className="text-muted">
            against <Score value={standings.baseline} /> before
          </span>
        )}
      </p>
      <p className={`flex items-center gap-1.5 font-medium ${tone}`} data-testid="verdict">
        <Icon name={icon} />
        {words}
      </p>
    </div>
  );
}

function verdictOf({ verdict, gain, gainPct, isFinal }: Standings): { words: string; icon: IconName; tone: string } {
  if (verdict === 'improved') {
    const share = gainPct === null ? '' : ` (${signed(gainPct / 100, percent)})`;
    return { words: `better by ${score(gain)}${share}`, icon: 'arrowUpRight', tone: 'text-good' };
  }
  if (verdict === 'unimproved') {
    return { words: isFinal ? 'no improvement: the original stays' : 'no improvement yet', icon: 'minus', tone: 'text-warn' };
  }
  if (verdict === 'no-baseline') return { words: 'no baseline to compare with', icon: 'help', tone: 'text-muted' };
  return { words: isFinal ? 'ended without a score' : 'no score yet', icon: 'clock', tone: 'text-muted' };
}
