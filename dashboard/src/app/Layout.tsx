import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { meQuery } from '../api/me.js';
import { isProblem } from '../api/problem.js';
import { ErrorState } from '../components/States.js';
import { HelpDialog } from '../keyboard/HelpDialog.js';
import { useShortcut } from '../keyboard/registry.js';
import { LiveProvider } from '../live/LiveProvider.js';
import { SignInPage } from '../pages/other/SignInPage.js';
import { useProject } from './project.js';
import { TopBar } from './TopBar.js';

/** What stands around every page. Nothing of the trail is asked for before it is known who asks. */
export function Layout(): ReactNode {
  const { data: me, error, refetch } = useQuery(meQuery);
  if (isProblem(error, 'unauthenticated')) return <SignInPage />;
  if (me === undefined && error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  return me === undefined ? null : <Frame />;
}

function Frame() {
  const { projectId } = useProject();
  const navigate = useNavigate();
  useShortcut({ key: 'g', does: 'Go to the runs' }, () => void navigate({ to: '/' }));
  return (
    <LiveProvider projectId={projectId}>
      <div className="flex h-full flex-col">
        <a
          href="#main"
          className="-translate-y-16 absolute top-1 left-1 z-50 rounded-md bg-accent px-3 py-1.5 font-medium text-accent-ink focus:translate-y-0"
        >
          Skip to the content
        </a>
        <TopBar projectId={projectId} />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-auto focus-visible:outline-none">
          <Outlet />
        </main>
        <HelpDialog />
      </div>
    </LiveProvider>
  );
}
