import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { UpdateOptimizationRunInput } from '../../../../../src/schemas/run.js';
import { updateRun } from '../../../api/runs.js';
import { useToast } from '../../../components/Toast.js';
import { putRun } from '../../../live/apply.js';
import { refreshFirstPages } from '../../../live/first-page.js';
import { useRun } from '../useRun.js';

/** Changes the run, and every list that shows it. */
export function useRunUpdate() {
  const { reference } = useRun();
  const cache = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: (changes: UpdateOptimizationRunInput) => updateRun(reference, changes),
    onSuccess: (run) => {
      putRun(cache, run);
      void refreshFirstPages(cache);
    },
    onError: (error) => toast.failed(error),
  });
}
