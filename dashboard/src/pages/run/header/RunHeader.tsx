import { Link } from '@tanstack/react-router';
import { Badge, StatusBadge } from '../../../components/Badge.js';
import { Compact, Cost, Count, Duration, Time } from '../../../components/Figures.js';
import { Characters } from '../../../program/Characters.js';
import { useRun, useView } from '../useRun.js';
import { ErrorPanel } from './ErrorPanel.js';
import { Heartbeat } from './Heartbeat.js';
import { Notes } from './Notes.js';
import { RunActions } from './RunActions.js';
import { ScoreVerdict } from './ScoreVerdict.js';
import { Tags } from './Tags.js';

/** What a run came to, at a glance. */
export function RunHeader() {
  const { run } = useRun();
  const [{ tab = 'overview' }] = useView();
  // Where there is little room, the other views have it.
  const aside = tab === 'overview' ? '' : 'max-sm:hidden';
  return (
    <header className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="plain-text break-words font-semibold text-xl">
            <Characters text={run.runName} />
          </h1>
          <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
            <StatusBadge status={run.status} />
            <Heartbeat />
            {run.attempt > 1 && <Badge title="It was resumed">attempt {run.attempt}</Badge>}
            <span className="plain-text">{run.optimizerType}</span>
            {run.model !== null && <span className="plain-text truncate">{run.model}</span>}
            {run.parentRunId !== null && (
              <Link to="/runs/$runId" params={{ runId: run.parentRunId }} className="text-accent underline">
                parent run
              </Link>
            )}
          </div>
        </div>
        <RunActions />
      </div>
      <div className={`panel grid overflow-hidden lg:grid-cols-[2fr_5fr] ${aside}`}>
        <ScoreVerdict />
        <Facts />
      </div>
      <div className={`flex flex-wrap items-start gap-x-6 gap-y-2 ${aside}`}>
        <Tags />
        <Notes />
      </div>
      <ErrorPanel />
    </header>
  );
}

function Facts() {
  const { run } = useRun();
  const facts = [
    { name: 'Iterations', value: <Count value={run.iterations} /> },
    { name: 'Samples', value: <Compact value={run.samplesEvaluated} />, note: failedText(run.failedSamples) },
    { name: 'Cost', value: <Cost value={run.totalCostUsd} /> },
    { name: 'Tokens', value: <Compact value={run.totalTokens} /> },
    { name: 'Duration', value: <Duration value={run.durationMs} /> },
    { name: 'Sample latency', value: <Duration value={run.avgLatencyMs} /> },
    { name: 'Started', value: <Time value={run.startTime ?? run.createdAt} /> },
  ];
  return (
    <dl className="grid grid-cols-3 gap-x-6 gap-y-3 px-4 py-3 sm:grid-cols-4 xl:grid-cols-7">
      {facts.map(({ name, value, note }) => (
        <div key={name} className="min-w-0">
          <dt className="text-muted text-xs">{name}</dt>
          <dd className="font-medium text-base">
            {value}
            {note && <span className="font-normal text-faint text-xs"> {note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const failedText = (failed: number) => (failed === 0 ? '' : `${failed} failed`);
