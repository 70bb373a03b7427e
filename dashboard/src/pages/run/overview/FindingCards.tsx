import { Icon } from '../../../components/Icon.js';
import { valueText } from '../../../format/values.js';
import { errorKinds, type Failure, failuresOf, hasLabels } from '../../../story/failures.js';
import { changesOf, lostAt } from '../../../story/outcome.js';
import { words } from '../../../strings.js';
import { Card } from '../Card.js';
import { useTold } from '../story.js';
import { useView } from '../useRun.js';
import { exampleText } from './EditCard.js';

const SHOWN = 2;
const LABEL = 'font-medium font-mono text-xs';

/** Examples that the baseline had right and the winner has wrong. */
export function BrokenCard() {
  const { story, answers } = useTold();
  const [, change] = useView();
  const { broke } = changesOf(story);
  return (
    <Card
      title={words.cards.broken}
      figure={<span className={broke.length > 0 ? 'text-broke' : 'text-faint'}>{broke.length}</span>}
      foot={broke.length > 0 && <More onClick={() => change({ tab: 'matrix', rows: 'broken' })}>{words.cards.both}</More>}
    >
      {broke.length === 0 && <p className="px-4 pb-4 text-muted">Every example that the baseline had right stays right.</p>}
      <ul className="divide-y divide-line pb-1">
        {broke.slice(0, SHOWN).map((index) => {
          const key = story.examples[index]?.key ?? '';
          const since = lostAt(story, index);
          return (
            <li key={key}>
              <ExampleButton example={key}>
                <span className="plain-text block truncate">{exampleText(story, answers, key)}</span>
                <span className="flex gap-1.5 text-faint">
                  <Was before={answers.baseline.get(key)?.predictedOutput} after={answers.winner.get(key)?.predictedOutput} />
                  {since !== undefined && <span className="ml-auto">since #{since.iteration}</span>}
                </span>
              </ExampleButton>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Was({ before, after }: { before: unknown; after: unknown }) {
  const [was, now] = [valueText(before), valueText(after)];
  if (was === '' && now === '') return <span>newly wrong</span>;
  return (
    <span className="min-w-0 truncate">
      was <span className={`${LABEL} text-ink`}>{was.slice(0, 60)}</span> now{' '}
      <span className={`${LABEL} text-broke`}>{now.slice(0, 60)}</span>
    </span>
  );
}

/** Examples that no candidate solved. */
export function NeverCard() {
  const { story, answers } = useTold();
  const [, change] = useView();
  const { never } = changesOf(story);
  return (
    <Card
      title={words.cards.never}
      figure={never.length}
      sub={words.cards.neverBy(story.candidates.length)}
      foot={never.length > 0 && <More onClick={() => change({ tab: 'matrix', rows: 'never' })}>{`All ${never.length}`}</More>}
    >
      {never.length === 0 && <p className="px-4 pb-4 text-muted">Each example was solved by at least one prompt.</p>}
      <ul className="divide-y divide-line pb-1">
        {never.slice(0, SHOWN).map((index) => {
          const key = story.examples[index]?.key ?? '';
          const sample = answers.winner.get(key);
          const predicted = valueText(sample?.predictedOutput);
          const isStuck = predicted !== '' && predicted === valueText(answers.baseline.get(key)?.predictedOutput);
          return (
            <li key={key}>
              <ExampleButton example={key}>
                <span className="plain-text block truncate">{exampleText(story, answers, key)}</span>
                {sample !== undefined && (
                  <span className="block truncate text-faint">
                    is <span className={`${LABEL} text-ink`}>{valueText(sample.expectedOutput).slice(0, 60)}</span>{' '}
                    {isStuck ? 'still called' : 'called'} <span className={`${LABEL} text-ink`}>{predicted.slice(0, 60)}</span>
                  </span>
                )}
              </ExampleButton>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

/** Which answers are confused with which; kinds of error if the answers are free text. */
export function FailsCard() {
  const { story, answers } = useTold();
  const [, change] = useView();
  const { wrong } = changesOf(story);
  const samples = wrong.flatMap((index) => answers.winner.get(story.examples[index]?.key ?? '') ?? []);
  const isLabelled = hasLabels(answers.winner.values());
  return (
    <Card
      title={words.cards.fails}
      figure={wrong.length}
      sub={words.cards.stillWrong(story.examples.length)}
      foot={
        wrong.length > 0 && <More onClick={() => change({ tab: 'samples', of: story.winner?.iteration })}>Every answer of the winner</More>
      }
    >
      <div className="grid gap-2 px-4 pb-4">
        {wrong.length === 0 && <p className="text-muted">The winner has every example right.</p>}
        {wrong.length > 0 &&
          (isLabelled ? <Pairs failures={failuresOf(samples)} /> : <Errors kinds={errorKinds(samples)} wrong={wrong.length} />)}
      </div>
    </Card>
  );
}

function Pairs({ failures }: { failures: readonly Failure[] }) {
  const most = failures[0]?.count ?? 1;
  const shown = failures.slice(0, 4).filter(({ count }, index) => count > 1 || index < 2);
  const others = failures.length - shown.length;
  return (
    <>
      {shown.map(({ expected, predicted, count }) => (
        <p key={`${expected} ${predicted}`} className="flex items-center gap-3">
          <span className="min-w-0 flex-1 truncate">
            <span className={LABEL}>{expected}</span> <span className="text-muted">called</span> <span className={LABEL}>{predicted}</span>
          </span>
          <Share share={count / most} />
          <span className="w-5 text-right font-semibold">{count}</span>
        </p>
      ))}
      {others > 0 && <p className="text-muted">{words.cards.others(others)}</p>}
    </>
  );
}

function Errors({ kinds, wrong }: { kinds: readonly { kind: string; count: number }[]; wrong: number }) {
  const failed = kinds.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      {kinds.slice(0, 4).map(({ kind, count }) => (
        <p key={kind} className="flex items-center gap-3">
          <span className={[LABEL, 'min-w-0 flex-1 truncate'].join(' ')}>{kind}</span>
          <Share share={count / wrong} />
          <span className="w-5 text-right font-semibold">{count}</span>
        </p>
      ))}
      {failed < wrong && <p className="text-muted">{wrong - failed} answered below the mark, in free text.</p>}
    </>
  );
}

function Share({ share }: { share: number }) {
  return (
    <span aria-hidden="true" className="h-2 w-20 shrink-0 rounded-xs bg-sunk">
      <span className="block h-full rounded-xs bg-muted" style={{ width: `${share * 100}%` }} />
    </span>
  );
}

function ExampleButton({ example, children }: { example: string; children: React.ReactNode }) {
  const [, change] = useView();
  return (
    <button type="button" onClick={() => change({ tab: 'matrix', example })} className="block w-full px-4 py-2 text-left hover:bg-hover">
      {children}
    </button>
  );
}

function More({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <button type="button" onClick={onClick} className="inline-flex items-center gap-1 rounded-sm hover:text-ink">
      {children} <Icon name="arrowRight" />
    </button>
  );
}
