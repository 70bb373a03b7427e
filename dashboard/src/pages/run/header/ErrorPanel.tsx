import { CopyButton } from '../../../components/CopyButton.js';
import { Icon } from '../../../components/Icon.js';
import { PlainText } from '../../../program/PlainText.js';
import { useRun } from '../useRun.js';

/** Why a run failed, with where it happened. */
export function ErrorPanel() {
  const { errorMessage, errorStack } = useRun().run;
  if (errorMessage === null && errorStack === null) return null;
  const whole = [errorMessage, errorStack].filter((part) => part !== null).join('\n\n');
  return (
    <section aria-label="Error" className="rounded-lg border border-broke bg-broke-soft px-4 py-3">
      <div className="flex items-start gap-2">
        <Icon name="warning" className="mt-0.5 text-broke" />
        <div className="min-w-0 flex-1 font-medium text-broke">
          <PlainText text={errorMessage ?? 'The run failed'} />
        </div>
        <CopyButton small label="Copy the error" text={whole} />
      </div>
      {errorStack !== null && (
        <details className="mt-2">
          <summary className="text-broke text-xs">Stack</summary>
          <div className="mt-1 max-h-80 overflow-auto font-mono text-xs">
            <PlainText text={errorStack} />
          </div>
        </details>
      )}
    </section>
  );
}
