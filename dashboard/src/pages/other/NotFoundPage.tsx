import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { buttonClass } from '../../components/Button.js';
import { EmptyState } from '../../components/States.js';

/** For an address that leads nowhere, and for a run that is not there or not to be seen: which of them is not told. */
export function NotFoundPage({ what = 'page' }: { what?: string }): ReactNode {
  return (
    <EmptyState title={`There is no such ${what}`}>
      <p>It may have been deleted, or belong to a project that you are no member of.</p>
      <p className="mt-4">
        <Link to="/" className={buttonClass()}>
          See all runs
        </Link>
      </p>
    </EmptyState>
  );
}
