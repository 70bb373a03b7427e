import { Badge } from '../../../components/Badge.js';
import type { PromptPair } from '../../../model/prompt.js';
import { type DiffLayout, DiffText } from '../../../program/DiffText.js';
import { PlainText } from '../../../program/PlainText.js';

interface PromptPairViewProps {
  pair: PromptPair;
  layout: DiffLayout;
  /** There is nothing to hold it against. */
  isAlone: boolean;
  isOnly: boolean;
}

export function PromptPairView({ pair: { title, before, after, signature }, layout, isAlone, isOnly }: PromptPairViewProps) {
  const isSame = before === after;
  return (
    <section className="panel min-w-0" aria-label={title}>
      <header className="flex flex-wrap items-center gap-2 border-line border-b px-4 py-2">
        <h2 className="plain-text min-w-0 truncate font-semibold">{isOnly ? 'Prompt' : title}</h2>
        {!isAlone && isSame && <Badge>unchanged</Badge>}
        {!isAlone && before === null && <Badge tone="fixed">new</Badge>}
        {!isAlone && after === null && <Badge tone="broke">removed</Badge>}
      </header>
      <div className="max-h-[75vh] overflow-auto p-4">
        {isAlone || isSame || before === null || after === null ? (
          <div className="font-mono text-xs">
            <PlainText text={after ?? before ?? ''} />
          </div>
        ) : (
          <DiffText before={before} after={after} layout={layout} />
        )}
      </div>
      {signature !== null && (
        <p className="plain-text break-words border-line border-t px-4 py-2 text-muted text-xs">
          Signature: <code className="font-mono">{signature}</code>
        </p>
      )}
    </section>
  );
}
