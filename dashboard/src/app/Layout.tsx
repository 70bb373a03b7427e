import { useQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { meQuery } from '../api/me.js';
import { isProblem } from '../api/problem.js';
import { ErrorState } from '../components/States.js';
import { HelpDialog } from '../keyboard/HelpDialog.js';
import { useShortcut } from '../keyboard/registry.js';
import { LiveProvider } from '../live/LiveProvider.js';
import { SignInPage } from '../pages/other/SignInPage.js';
import { BarContext } from './Bar.js';
import { useProject } from './project.js';
import { TopBar } from './TopBar.js';

/** The frame of every page. It asks who the reader is before it asks for anything else. */
export function Layout(): ReactNode {
  const { data: me, error, refetch } = useQuery(meQuery);
  if (isProblem(error, 'unauthenticated')) return <SignInPage />;
  if (me === undefined && error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  return me === undefined ? null : <Frame />;
}

function Frame() {
  const { projectId } = useProject();
  const navigate = useNavigate();
  const [start, setStart] = useState<HTMLElement | null>(null);
  const [end, setEnd] = useState<HTMLElement | null>(null);
  const places = useMemo(() => ({ start, end }), [start, end]);
  useShortcut({ key: 'g', does: 'Go to the runs' }, () => void navigate({ to: '/' }));
  return (
    <LiveProvider projectId={projectId}>
      <div className="flex h-full flex-col">
        <a
          href="#main"
          className="-translate-y-16 absolute top-1 left-1 z-50 rounded-lg bg-btn px-3 py-1.5 font-medium text-btn-ink focus:translate-y-0"
        >
          Skip to the content
        </a>
        <TopBar projectId={projectId} onStart={setStart} onEnd={setEnd} />
        <main id="main" tabIndex={-1} className="relative min-h-0 flex-1 overflow-auto focus-visible:outline-none">
          <BarContext value={places}>
            <Outlet />
          </BarContext>
        </main>
        <HelpDialog />
      </div>
    </LiveProvider>
  );
}
