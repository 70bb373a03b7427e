import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { OptimizationRun, UpdateOptimizationRunInput } from '../../../../src/schemas/run.js';
import { updateRun } from '../../api/runs.js';
import { useToast } from '../../components/Toast.js';
import { putRun } from '../../live/apply.js';
import { refreshFirstPages } from '../../live/first-page.js';
import { PINNED } from './filters.js';

/** Changes of what people say of runs: tags and notes. */
export function useRunChanges() {
  const cache = useQueryClient();
  const toast = useToast();
  const change = useMutation({
    mutationFn: ({ run, changes }: { run: OptimizationRun; changes: UpdateOptimizationRunInput }) =>
      updateRun({ runId: run.id, projectId: run.projectId }, changes),
    onSuccess: (run) => {
      putRun(cache, run);
      void refreshFirstPages(cache);
    },
    onError: toast.failed,
  });
  return {
    change: (run: OptimizationRun, changes: UpdateOptimizationRunInput) => change.mutateAsync({ run, changes }),
    pin: (run: OptimizationRun) => {
      const pinned = run.tags.includes(PINNED);
      const tags = pinned ? run.tags.filter((tag) => tag !== PINNED) : [...run.tags, PINNED];
      change.mutate({ run, changes: { tags } }, { onSuccess: () => toast.done(pinned ? 'Unpinned' : 'Pinned') });
    },
  };
}
