import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useToast } from '../../components/Toast.js';

/** A change of settings: reads anew what it made out of date, and says what came of it. */
export function useChange<T, R>(change: (input: T) => Promise<R>, stale: readonly (readonly unknown[])[], done: string) {
  const cache = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      await Promise.all(stale.map((queryKey) => cache.invalidateQueries({ queryKey })));
      toast.done(done);
    },
    onError: toast.failed,
  });
}
