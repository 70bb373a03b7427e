import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { apiKey, signIn, signOut } from '../../api/api-key.js';
import { getMe, meQuery } from '../../api/me.js';
import { isProblem } from '../../api/problem.js';
import { Button } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';

/** Asks for a key where the server wants one. */
export function SignInPage() {
  const cache = useQueryClient();
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState(apiKey() === null ? null : 'The key that this tab used is no longer accepted.');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    signIn(key);
    try {
      // Not by the cache, which would forget meanwhile that somebody has to sign in, and this page with it.
      const me = await getMe();
      cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
      cache.setQueryData(meQuery.queryKey, me);
    } catch (error) {
      if (isProblem(error, 'unauthenticated')) signOut();
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };

  return (
    <main className="mx-auto flex min-h-full max-w-sm flex-col justify-center gap-4 px-4 py-12">
      <header className="flex items-center gap-2">
        <img src="/favicon.svg" alt="" className="size-6" />
        <h1 className="font-semibold text-xl">Sign in to Optrail</h1>
      </header>
      <p className="text-muted">
        This server asks for an API key or a token. It is kept in this tab alone, and forgotten when the tab is closed.
      </p>
      <form onSubmit={submit} className="grid grid-cols-1 gap-3">
        <label className="grid grid-cols-1 gap-1">
          <span className="font-medium">API key or token</span>
          <input
            type="password"
            autoComplete="off"
            spellCheck={false}
            required
            value={key}
            onChange={(event) => setKey(event.target.value)}
            placeholder="optrail_…"
            className="field h-9 font-mono"
          />
        </label>
        {problem !== null && (
          <p role="alert" className="flex items-start gap-1.5 text-broke">
            <Icon name="warning" className="mt-0.5" />
            {problem}
          </p>
        )}
        <Button look="primary" submit className="h-9!">
          Sign in
        </Button>
      </form>
      <p className="text-muted text-xs">
        An owner of the project makes keys on the settings page, or with <code className="font-mono">optrail keys create</code>.
      </p>
    </main>
  );
}
