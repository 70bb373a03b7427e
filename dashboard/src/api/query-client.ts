import { QueryCache, QueryClient } from '@tanstack/react-query';
import { keys } from './keys.js';
import { isProblem } from './problem.js';

const again = (failures: number, error: Error) => isProblem(error) && error.retryable && failures < 2;

/** One cache for the page. What is live is told by events; the rest is asked again after half a minute, when it is looked at. */
export const queryClient: QueryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: again }, mutations: { retry: false } },
  queryCache: new QueryCache({
    // A key that was revoked while the page is open: `me` then fails as well, and the page asks to sign in.
    onError: (error, query) => {
      if (isProblem(error, 'unauthenticated') && query.queryKey[0] !== keys.me[0])
        void queryClient.invalidateQueries({ queryKey: keys.me });
    },
  }),
});
