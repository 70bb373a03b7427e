import type { Row } from '../database/port.js';
import type { OptimizationProjectMembersRow } from '../database/rows.generated.js';
import type { ProjectMember, ProjectRole } from '../schemas/project.js';
import { camelized } from './case.js';
import { asOwner, whyNotOwner } from './projects.js';
import { type Scope, theRow } from './scope.js';

const SELECTION = 'm.project_id, m.user_id, m.role, m.created_at';

export async function listMembers(scope: Scope, projectId: string): Promise<ProjectMember[]> {
  const rows = await scope.query<OptimizationProjectMembersRow & Row>({
    text: `select ${SELECTION} from public.optimization_project_members as m where m.project_id = $1 order by m.user_id`,
    values: [projectId],
  });
  return rows.map((row) => camelized<OptimizationProjectMembersRow>(row));
}

export async function setMember(scope: Scope, projectId: string, userId: string, role: ProjectRole): Promise<ProjectMember> {
  const rows = await asOwner(scope, projectId, () =>
    scope.query<OptimizationProjectMembersRow & Row>({
      text: `insert into public.optimization_project_members as m (project_id, user_id, role) values ($1, $2, $3)
        on conflict on constraint optimization_project_members_pkey do update set role = excluded.role returning ${SELECTION}`,
      values: [projectId, userId, role],
    }),
  );
  return camelized<OptimizationProjectMembersRow>(theRow(rows, 'the insertion of a member'));
}

/** Whether there was such a member. The last owner may go too: a project without one is how each begins. */
export async function removeMember(scope: Scope, projectId: string, userId: string): Promise<boolean> {
  const removed = await scope.query({
    text: 'delete from public.optimization_project_members as m where m.project_id = $1 and m.user_id = $2 returning m.user_id',
    values: [projectId, userId],
  });
  if (removed.length > 0) return true;
  const members = await listMembers(scope, projectId);
  if (members.some((member) => member.userId === userId)) throw await whyNotOwner(scope, projectId);
  return false;
}
