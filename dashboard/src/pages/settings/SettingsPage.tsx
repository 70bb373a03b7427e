import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ProjectRole } from '../../../../src/schemas/project.js';
import { signOut } from '../../api/api-key.js';
import { type Me, meQuery } from '../../api/me.js';
import { useProject } from '../../app/project.js';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { Skeleton } from '../../components/States.js';
import { KeySettings } from './KeySettings.js';
import { MemberSettings } from './MemberSettings.js';
import { ProjectSettings } from './ProjectSettings.js';

/** What the caller may do in a project: all of it where no claims limit them, and unknown where the server alone can tell. */
export function roleOf(me: Me, projectId: string): ProjectRole | undefined {
  return me.projects === null ? 'owner' : me.projects[projectId];
}

/** Projects, members and keys: for owners. Others see what they may not do, and who may. */
export function SettingsPage(): ReactNode {
  const { projectId } = useProject();
  const { data: me } = useQuery(meQuery);
  if (me === undefined) return <Skeleton />;
  const role = projectId === undefined ? undefined : roleOf(me, projectId);
  return (
    <div className="mx-auto grid max-w-5xl grid-cols-1 gap-4 p-3 sm:p-4">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="mr-auto font-semibold text-xl">Settings</h1>
        <WhoAmI me={me} role={role} />
      </header>
      <ProjectSettings projectId={projectId} me={me} role={role} />
      {projectId !== undefined && <MemberSettings projectId={projectId} owner={role === 'owner'} />}
      {projectId !== undefined && role === 'owner' && <KeySettings projectId={projectId} />}
    </div>
  );
}

const KINDS = { local: 'the user of this machine', key: 'an API key', token: 'a token' } as const;

function WhoAmI({ me, role }: { me: Me; role: ProjectRole | undefined }) {
  return (
    <p className="flex flex-wrap items-center gap-2 text-muted text-xs">
      You are {me.sub ?? KINDS[me.kind]}
      {role !== undefined && <Badge tone="accent">{role}</Badge>}
      <span>Optrail {me.version}</span>
      {me.kind !== 'local' && (
        <Button
          onClick={() => {
            signOut();
            // Nothing of what was read may stay in memory for the next one.
            window.location.reload();
          }}
        >
          Sign out
        </Button>
      )}
    </p>
  );
}
