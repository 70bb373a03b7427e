import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { Time } from '../../../components/Figures.js';
import { Icon } from '../../../components/Icon.js';
import { StatusWord } from '../../../components/StatusDot.js';
import { VerdictChip } from '../../../components/VerdictChip.js';
import { cost, count } from '../../../format/number.js';
import { duration } from '../../../format/time.js';
import { FixedBroke } from '../../../marks/FixedBroke.js';
import { isEnded } from '../../../model/progress.js';
import { budgetOf, type ClaimPart, claimOf } from '../../../story/claim.js';
import { changesOf } from '../../../story/outcome.js';
import { scoreWords } from '../../../story/scale.js';
import type { Story } from '../../../story/story.js';
import { words } from '../../../strings.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';
import { Heartbeat } from './Heartbeat.js';
import { Strip } from './Strip.js';

/** What happened and whether it is real, in one sentence, with the strip beside it. */
export function Hero() {
  const { run } = useRun();
  const { story, assessment } = useTold();
  const { claim, rest, aside } = claimOf(story, assessment);
  return (
    <div className="gutter grid items-center gap-x-10 gap-y-4 bg-surface pt-5 pb-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,480px)] wide:grid-cols-[minmax(0,1fr)_720px] wide:pt-7 wide:pb-6">
      <div className="min-w-0">
        <div className="flex min-h-[22px] flex-wrap items-center gap-x-2 gap-y-1 text-muted">
          <Chip />
          {aside !== '' && isEnded(run) && <span>{aside}</span>}
          {run.status === 'failed' && run.errorMessage !== null && (
            <span className="plain-text min-w-0 truncate text-broke">{run.errorMessage.slice(0, 160)}</span>
          )}
        </div>
        <p
          data-testid="sentence"
          className="mt-2 mb-2.5 max-w-[36em] text-pretty text-lg text-muted tracking-[-.014em] sm:text-xl wide:text-2xl"
        >
          <b className="text-ink">{claim}</b>
          {rest.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have nothing else to be told apart by
            <Fragment key={index}>
              <Part part={part} />
            </Fragment>
          ))}
        </p>
        <Facts />
      </div>
      <Strip />
    </div>
  );
}

const LINKS = {
  fixed: 'text-fixed decoration-fixed-mid',
  broken: 'text-broke decoration-broke-fill/55',
};

function Part({ part }: { part: ClaimPart }) {
  const [, change] = useView();
  if (typeof part === 'string') return part;
  return (
    <button
      type="button"
      onClick={() => change({ tab: 'matrix', rows: part.list })}
      className={`whitespace-nowrap rounded-sm font-semibold underline decoration-[1.5px] underline-offset-4 ${LINKS[part.list]}`}
    >
      {part.text}
    </button>
  );
}

/** The verdict of a run that has ended in good order; its state for any other. */
export function Chip() {
  const { run } = useRun();
  const { assessment, story } = useTold();
  if (run.status === 'stale')
    return (
      <>
        <StatusWord status="stale" />
        {run.heartbeatAt && (
          <span className="text-warn">
            last write <Time value={run.heartbeatAt} />
          </span>
        )}
      </>
    );
  if (run.status !== 'completed') {
    return (
      <>
        <StatusWord status={run.status} />
        <Heartbeat />
        <Stalled />
      </>
    );
  }
  if (assessment === undefined || story.winner?.isBaseline) return <StatusWord status="completed" />;
  if (assessment.heldOut?.word === 'worse' && assessment.heldOut.refused === null)
    return <VerdictChip word="worse">Worse on held-out</VerdictChip>;
  return <VerdictChip word={assessment.word} />;
}

/** Calls since the last gain of a run that goes on. */
function Stalled() {
  const { story } = useTold();
  const { winner, total } = story;
  if (winner?.spent.calls === null || winner === null || total.calls === null) return null;
  const calls = total.calls - (winner.spent.calls ?? 0);
  return calls > 0 ? <span>{words.header.noGain(calls)}</span> : null;
}

/** Cost, calls and time left of a run that goes on, by its budget and its rate so far. */
function livePace({ run, total }: Story): (string | null)[] {
  const budget = budgetOf(run);
  const { calls, time } = total;
  const rate = calls !== null && time !== null && time > 0 ? calls / time : null;
  const share = budget !== null && calls !== null && calls > 0 ? budget / calls : null;
  const left = budget !== null && rate !== null && calls !== null && budget > calls ? (budget - calls) / rate : null;
  return [
    run.totalCostUsd > 0 ? costWords(run.totalCostUsd, share) : null,
    left === null ? null : `${duration(left)} left`,
    rate === null ? null : `${(rate * 1000).toFixed(1)} calls a second`,
  ];
}

const finalSpend = ({ run, total }: Story): (string | null)[] => [
  run.totalCostUsd > 0 ? cost(run.totalCostUsd) : null,
  total.calls === null ? null : `${count(total.calls)} calls`,
];

function Facts() {
  const { run } = useRun();
  const { story } = useTold();
  const facts = [
    ...(isEnded(run) ? finalSpend(story) : livePace(story)),
    run.durationMs === null ? null : duration(run.durationMs),
    `${count(run.iterations)} ${run.iterations === 1 ? 'iteration' : 'iterations'}`,
    run.attempt > 1 ? `attempt ${run.attempt}` : null,
  ].filter((fact) => fact !== null);
  return (
    <p className="flex flex-wrap items-center text-faint" data-testid="facts">
      {facts.map((fact, index) => (
        <Fragment key={fact}>
          {index > 0 && <Dot />}
          <span className="whitespace-nowrap">{fact}</span>
        </Fragment>
      ))}
      <Dot />
      <Time value={run.startTime ?? run.createdAt} />
      {run.parentRunId !== null && (
        <>
          <Dot />
          <Link to="/runs/$runId" params={{ runId: run.parentRunId }} className="text-trail hover:underline">
            parent run
          </Link>
          <Dot />
          <Link to="/compare" search={{ runs: `${run.parentRunId},${run.id}` }} className="text-trail hover:underline">
            compare with it
          </Link>
        </>
      )}
    </p>
  );
}

const Dot = () => (
  <span aria-hidden="true" className="inline-block w-5 text-center text-edge">
    ·
  </span>
);

const costWords = (spent: number, share: number | null) =>
  share === null || share <= 1 ? cost(spent) : `${cost(spent)} of about ${cost(spent * share)}`;

/** The header in one line, at the end of the tabs of every view but the first. */
export function HeroLine() {
  const { run } = useRun();
  const { story } = useTold();
  const [, change] = useView();
  const { scale, baseline, winner } = story;
  const [from, best] = [baseline?.score ?? run.initialScore, winner?.score ?? run.bestScore];
  const { fixed, broke } = changesOf(story);
  return (
    <div className="ml-auto hidden items-center gap-2.5 whitespace-nowrap pr-2 text-muted lg:flex">
      {best !== null && (
        <span className="inline-flex items-center gap-1.5">
          {scale.metric}{' '}
          <b className="inline-flex items-center gap-1 text-ink">
            {from !== null && (
              <>
                {scoreWords(scale, from)} <Icon name="arrowRight" className="size-3.5! text-faint" />
              </>
            )}
            {scoreWords(scale, best)}
          </b>
        </span>
      )}
      {story.examples.length > 0 && winner !== null && !winner.isBaseline && (
        <FixedBroke
          fixed={fixed.length}
          broke={broke.length}
          onFixed={() => change({ tab: 'matrix', rows: 'fixed' })}
          onBroke={() => change({ tab: 'matrix', rows: 'broken' })}
        />
      )}
      <Chip />
    </div>
  );
}
