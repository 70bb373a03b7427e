import { Link } from '@tanstack/react-router';
import { Button, buttonClass } from '../../../components/Button.js';
import { Icon } from '../../../components/Icon.js';
import { MenuItem, Popover } from '../../../components/Popover.js';
import { downloadCsv } from '../../../export/csv.js';
import { downloadJson } from '../../../export/download.js';
import { useShortcut } from '../../../keyboard/registry.js';
import { PINNED } from '../../runs/filters.js';
import { iterationsSheet } from '../iterations/sheet.js';
import { CopyWinner } from '../prompts/CopyWinner.js';
import { useRun, useView } from '../useRun.js';
import { useRunUpdate } from './useRunUpdate.js';

/** What can be done with the run. */
export function RunActions() {
  const { run, iterations } = useRun();
  const [, change] = useView();
  const { mutate, isPending } = useRunUpdate();
  const isPinned = run.tags.includes(PINNED);
  const pin = () => mutate({ tags: isPinned ? run.tags.filter((tag) => tag !== PINNED) : [...run.tags, PINNED] });
  useShortcut({ key: 'd', does: 'Diff the best prompt with the original', group: 'Run' }, () =>
    change({ tab: 'prompts', of: undefined, against: 'baseline' }),
  );
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <CopyWinner />
      <Button icon="pin" aria-pressed={isPinned} disabled={isPending} onClick={pin}>
        {isPinned ? 'Pinned' : 'Pin'}
      </Button>
      {run.parentRunId !== null && (
        <Link to="/compare" search={{ runs: `${run.parentRunId},${run.id}` }} className={buttonClass()}>
          <Icon name="compare" /> Compare with its parent
        </Link>
      )}
      <Popover label="Export" icon="download" align="right">
        {(close) => (
          <>
            <MenuItem
              icon="table"
              onClick={() => {
                downloadCsv(`${run.runName}-iterations`, ...iterationsSheet(iterations));
                close();
              }}
            >
              Iterations as CSV
            </MenuItem>
            <MenuItem
              icon="download"
              onClick={() => {
                downloadJson(run.runName, { ...run, iterationRows: iterations });
                close();
              }}
            >
              Run with iterations as JSON
            </MenuItem>
          </>
        )}
      </Popover>
    </div>
  );
}
