import { CopyButton } from '../../../components/CopyButton.js';
import { programText } from '../../../model/prompt.js';
import { useRun } from '../useRun.js';

/** The best prompt, to take along: as the text to paste, and as the JSON that its library takes back. */
export function CopyWinner() {
  const { run, byNumber } = useRun();
  const best = run.bestIteration === null ? undefined : byNumber.get(run.bestIteration);
  if (best === undefined || best.program === null) return null;
  return (
    <>
      <CopyButton look="primary" label="Copy the winning prompt" text={() => programText(best.program).text} />
      <CopyButton label="as JSON" text={() => JSON.stringify(best.program, null, 2)} />
    </>
  );
}
