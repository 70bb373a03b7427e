import type { OptimizationClient, ProjectAdministration, TrailViews } from '../../src/client/port.js';
import type { Claims } from '../../src/schemas/index.js';
import { ABSENT } from '../support/records.js';

type Client = OptimizationClient & TrailViews;

/** Everybody who may knock, and the claims they come with. Tenant A is whose rows are asked for; B is another. */
export const CALLERS = {
  owner: { sub: 'owner-of-a' },
  editor: { sub: 'editor-of-a' },
  viewer: { sub: 'viewer-of-a' },
  key: { optrail_projects: { A: 'editor' } },
  viewkey: { optrail_projects: { A: 'viewer', B: 'owner' } },
  stranger: { sub: 'owner-of-b' },
  revoked: { sub: 'once-editor-of-a' },
  nobody: {},
  anon: null,
  service: 'service_role',
} as const;
export type Caller = keyof typeof CALLERS;

/** done: it did something or gave rows · none: no rows, no error · denied: 42501 · absent: as if the run were not there */
export type Outcome = 'done' | 'none' | 'denied' | 'absent';

export interface Scenario {
  object: string;
  command: string;
  outcome: Record<Caller, Outcome>;
}

/** What each caller gets from SQL on the rows of tenant A. Every table, view and function has a line for each command. */
const DATABASE = `
  object                                  command                         owner  editor viewer key    viewkey stranger revoked nobody anon   service
  public.optimization_projects            select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_projects            insert                          denied denied denied denied denied  denied   denied  denied denied done
  public.optimization_projects            update                          done   none   none   none   none    none     none    none   denied done
  public.optimization_projects            delete                          done   none   none   none   none    none     none    none   denied done
  public.optimization_projects            truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_project_members     select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_project_members     insert                          done   denied denied denied denied  denied   denied  denied denied done
  public.optimization_project_members     update                          done   none   none   none   none    none     none    none   denied done
  public.optimization_project_members     delete                          done   none   none   none   none    none     none    none   denied done
  public.optimization_project_members     truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  optrail.api_keys                        select                          done   none   none   none   none    none     none    none   denied done
  optrail.api_keys                        insert                          done   denied denied denied denied  denied   denied  denied denied done
  optrail.api_keys                        update                          done   none   none   none   none    none     none    none   denied done
  optrail.api_keys                        delete,truncate                 denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_runs                select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_runs                insert                          done   done   denied done   denied  denied   denied  denied denied done
  public.optimization_runs                update                          done   done   none   done   none    none     none    none   denied done
  public.optimization_runs                delete                          done   done   none   done   none    none     none    none   denied done
  public.optimization_runs                truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_iterations          select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_iterations          insert                          done   done   denied done   denied  denied   denied  denied denied done
  public.optimization_iterations          update                          done   done   none   done   none    none     none    none   denied done
  public.optimization_iterations          delete                          done   done   none   done   none    none     none    none   denied done
  public.optimization_iterations          truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_samples             select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_samples             insert                          done   done   denied done   denied  denied   denied  denied denied done
  public.optimization_samples             update                          done   done   none   done   none    none     none    none   denied done
  public.optimization_samples             delete                          done   done   none   done   none    none     none    none   denied done
  public.optimization_samples             truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_programs            select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_programs            insert                          done   done   denied done   denied  denied   denied  denied denied done
  public.optimization_programs            update                          denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_programs            delete                          denied denied denied denied denied  denied   denied  denied denied done
  public.optimization_programs            truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_examples            select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_examples            insert                          done   done   denied done   denied  denied   denied  denied denied done
  public.optimization_examples            update                          denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_examples            delete                          denied denied denied denied denied  denied   denied  denied denied done
  public.optimization_examples            truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_checkpoints         select                          done   done   done   done   done    none     none    none   denied done
  public.optimization_checkpoints         insert                          done   done   denied done   denied  denied   denied  denied denied done
  public.optimization_checkpoints         update                          denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_checkpoints         delete                          done   done   none   done   none    none     none    none   denied done
  public.optimization_checkpoints         truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  public.optimization_run_analytics       select                          denied denied denied denied denied  denied   denied  denied denied done
  public.optimization_run_analytics       refresh                         denied denied denied denied denied  denied   denied  denied denied denied
  optrail.migrations                      select                          done   done   done   done   done    done     done    done   denied done
  optrail.migrations                      insert,update,delete,truncate   denied denied denied denied denied  denied   denied  denied denied denied
  optrail.analytics_state                 select                          done   done   done   done   done    done     done    done   denied done
  optrail.analytics_state                 insert,update,delete,truncate   denied denied denied denied denied  denied   denied  denied denied denied
  optrail.analytics_rollup                select                          done   done   done   done   done    none     none    none   denied done
  optrail.analytics_rollup                insert,update,delete,truncate   denied denied denied denied denied  denied   denied  denied denied denied
  optrail.analytics_dirty                 select,insert,update,delete,truncate denied denied denied denied denied denied denied denied denied denied
  optrail.events                          select                          done   done   done   done   done    none     none    none   denied done
  optrail.events                          insert,update,delete,truncate   denied denied denied denied denied  denied   denied  denied denied denied
  optrail.events_pruned                   select                          done   done   done   done   done    done     done    done   denied done
  optrail.events_pruned                   insert,update,delete,truncate   denied denied denied denied denied  denied   denied  denied denied denied
  optrail.event_listeners                 select,insert,update,delete     denied denied denied denied denied  denied   denied  denied denied done
  optrail.event_listeners                 truncate                        denied denied denied denied denied  denied   denied  denied denied denied
  optrail.analytics_extremes_lost         select,insert,update,delete,truncate denied denied denied denied denied denied denied denied denied denied
  public.record_optimization_iteration    call                            done   done   denied done   denied  absent   absent  absent denied done
  public.record_optimization_samples      call                            done   done   denied done   denied  absent   absent  absent denied done
  public.get_optimization_run_summary     call                            done   done   done   done   done    none     none    none   denied done
  public.get_top_runs_by_score            call                            done   done   done   done   done    none     none    none   denied done
  public.get_optimization_analytics       call                            done   done   done   done   done    none     none    none   denied done
  public.refresh_optimization_analytics   call                            denied denied denied denied denied  denied   denied  denied denied done
  optrail.refresh_analytics               call                            denied denied denied denied denied  denied   denied  denied denied done
  optrail.find_api_key                    call                            denied denied denied denied denied  denied   denied  denied denied done
  optrail.record_samples                  call                            done   done   denied done   denied  absent   absent  absent denied done
  optrail.lock_runs                       call                            done   done   denied done   denied  absent   absent  absent denied done
  optrail.resolve_run                     call                            done   done   done   done   done    none     none    none   denied done
  optrail.accessible_projects                     call                            done   done   done   done   done    none     none    none   denied none
  optrail.uuid_v7                         call                            done   done   done   done   done    done     done    done   denied done
  optrail.is_score                        call                            done   done   done   done   done    done     done    done   denied done
  optrail.are_scores                      call                            done   done   done   done   done    done     done    done   denied done
  optrail.are_tags                        call                            done   done   done   done   done    done     done    done   denied done
  optrail.claims                          call                            done   done   done   done   done    done     done    done   denied done
  optrail.sweep_stale_runs                call                            done   done   done   done   done    done     done    done   denied done
  optrail.find_rare_runs                  call                            done   done   done   done   done    none     none    none   denied done
  optrail.is_trusted                      call                            none   none   none   none   none    none     none    none   denied done
  optrail.run_status                      call                            done   done   done   done   done    done     done    done   denied done
  optrail.check_content                   call                            done   done   done   done   done    done     done    done   denied done
`;

/** Functions of the schema that nobody outside may call; triggers and the functions above call them. */
export const INTERNAL_FUNCTIONS = [
  'after_checkpoint_insert',
  'after_events_insert',
  'after_iterations_delete',
  'after_iterations_insert',
  'after_iterations_update',
  'after_run_delete',
  'after_run_insert',
  'after_run_update',
  'after_samples_delete',
  'after_samples_insert',
  'after_samples_update',
  'before_checkpoint_insert',
  'before_key_revoke',
  'before_project_delete',
  'before_run_insert',
  'before_run_resume',
  'before_run_update',
  'can_be_best',
  'count_iterations',
  'count_samples',
  'ids_if_few',
  'find_best',
  'is_live_key',
  'is_active_key',
  'is_allowed_transition',
  'microseconds',
  'prune_events',
  'role_rank',
  'touch_updated_at',
].map((name) => `optrail.${name}`);

/** What each caller gets from the helper functions on a run of tenant A. `anon` and `service` do not come by way of `as()`. */
const SDK = `
  object                                  command owner  editor viewer key    viewkey stranger revoked nobody
  createOptimizationRun                   call    done   done   denied done   denied  denied   denied  denied
  getOptimizationRun                      call    done   done   done   done   done    none     none    none
  updateOptimizationRun                   call    done   done   denied done   denied  absent   absent  absent
  listOptimizationRuns                    call    done   done   done   done   done    none     none    none
  resumeOptimizationRun                   call    done   done   denied done   denied  absent   absent  absent
  deleteOptimizationRun                   call    done   done   denied done   denied  none     none    none
  createOptimizationIteration             call    done   done   denied done   denied  absent   absent  absent
  updateOptimizationIteration             call    done   done   denied done   denied  absent   absent  absent
  getOptimizationIterations               call    done   done   done   done   done    none     none    none
  getBestIteration                        call    done   done   done   done   done    none     none    none
  createOptimizationSample                call    done   done   denied done   denied  absent   absent  absent
  batchCreateOptimizationSamples          call    done   done   denied done   denied  absent   absent  absent
  getOptimizationSamples                  call    done   done   done   done   done    none     none    none
  createOptimizationCheckpoint            call    done   done   denied done   denied  absent   absent  absent
  getOptimizationCheckpoint               call    done   done   done   done   done    none     none    none
  getOptimizationRunSummary               call    done   done   done   done   done    none     none    none
  getTopRunsByScore                       call    done   done   done   done   done    none     none    none
  getOptimizationAnalytics                call    done   done   done   done   done    none     none    none
  refreshOptimizationAnalytics            call    denied denied denied denied denied  denied   denied  denied
  updateRunProgress                       call    done   done   denied done   denied  absent   absent  absent
  listProjects                            call    done   done   done   done   done    none     none    none
  getOptimizationPrograms                 call    done   done   done   done   done    none     none    none
  getOptimizationCurves                   call    done   done   done   done   done    none     none    none
  getOptimizationMatrix                   call    done   done   done   done   done    none     none    none
  searchOptimizationTrail                 call    done   done   done   done   done    none     none    none
  assessRun                               call    done   done   done   done   done    none     none    none
  editImpact                              call    done   done   done   done   done    none     none    none
  blamePrompt                             call    done   done   done   done   done    none     none    none
  regressions                             call    done   done   done   done   done    none     none    none
  bisectExamples                          call    done   done   done   done   done    none     none    none
  hindsight                               call    done   done   done   done   done    none     none    none
  receipt                                 call    done   done   done   done   done    none     none    none
  compareRuns                             call    done   done   done   done   done    absent   absent  absent
  gateRuns                                call    done   done   done   done   done    absent   absent  absent
  race                                    call    done   done   done   done   done    absent   absent  absent
`;

/** What each caller gets from administering tenant A. */
const ADMINISTRATION = `
  object                                  command owner  editor viewer key    viewkey stranger revoked nobody
  getProject                              call    done   done   done   done   done    none     none    none
  createProject                           call    denied denied denied denied denied  denied   denied  denied
  updateProject                           call    done   denied denied denied denied  absent   absent  absent
  listProjectMembers                      call    done   done   done   done   done    none     none    none
  setProjectMember                        call    done   denied denied denied denied  absent   absent  absent
  removeProjectMember                     call    done   denied denied denied denied  none     none    none
  createApiKey                            call    done   denied denied denied denied  absent   absent  absent
  listApiKeys                             call    done   denied denied denied denied  none     none    none
  revokeApiKey                            call    done   denied denied denied denied  absent   absent  absent
  deleteProject                           call    done   denied denied denied denied  none     none    none
`;

function parse(table: string): Scenario[] {
  const [head = [], ...lines] = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const callers = head.slice(2) as Caller[];
  return lines.flatMap(([object = '', commands = '', ...outcomes]) => {
    if (outcomes.length !== callers.length)
      throw new Error(`${object} ${commands} has ${outcomes.length} outcomes for ${callers.length} callers`);
    const outcome = Object.fromEntries(callers.map((caller, index) => [caller, outcomes[index]])) as Record<Caller, Outcome>;
    return commands.split(',').map((command) => ({ object, command, outcome }));
  });
}

export const DATABASE_SCENARIOS = parse(DATABASE);
export const SDK_SCENARIOS = parse(SDK);
export const ADMINISTRATION_SCENARIOS = parse(ADMINISTRATION);

/** How each helper function is called for a run of tenant A; what it gives is rows, a row, null, or whether it did something. */
export const SDK_CALLS: Record<keyof Client, (client: Client, runId: string) => Promise<unknown>> = {
  createOptimizationRun: (client) => client.createOptimizationRun({ projectId: 'A', runName: 'another', optimizerType: 'gepa' }),
  getOptimizationRun: (client, runId) => client.getOptimizationRun(runId),
  updateOptimizationRun: (client, runId) => client.updateOptimizationRun(runId, { notes: 'changed' }),
  listOptimizationRuns: async (client) => (await client.listOptimizationRuns({ projectId: 'A', count: true })).data,
  resumeOptimizationRun: (client, runId) => client.resumeOptimizationRun(runId),
  deleteOptimizationRun: (client, runId) => client.deleteOptimizationRun(runId),
  createOptimizationIteration: (client, runId) => client.createOptimizationIteration({ runId, iteration: 9, program: 'p' }),
  updateOptimizationIteration: (client, runId) => client.updateOptimizationIteration(runId, 1, { score: 0.5, program: 'q' }),
  getOptimizationIterations: (client, runId) => client.getOptimizationIterations(runId),
  getBestIteration: (client, runId) => client.getBestIteration(runId),
  createOptimizationSample: (client, runId) => client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 9, input: 'x' }),
  batchCreateOptimizationSamples: (client, runId) =>
    client.batchCreateOptimizationSamples([{ runId, iteration: 2, sampleIndex: 9, input: 'y' }]),
  getOptimizationSamples: (client, runId) => client.getOptimizationSamples(runId),
  createOptimizationCheckpoint: (client, runId) => client.createOptimizationCheckpoint({ runId, state: { round: 1 } }),
  getOptimizationCheckpoint: (client) => client.getOptimizationCheckpoint(RUN_A),
  getOptimizationRunSummary: (client, runId) => client.getOptimizationRunSummary(runId),
  getTopRunsByScore: (client) => client.getTopRunsByScore('A'),
  getOptimizationAnalytics: (client) => client.getOptimizationAnalytics('A'),
  refreshOptimizationAnalytics: (client) => client.refreshOptimizationAnalytics(),
  updateRunProgress: (client, runId) => client.updateRunProgress(runId, { iterations: 3 }),
  listProjects: async (client) => (await client.listProjects()).filter(({ id }) => id === 'A'),
  getOptimizationPrograms: (client, runId) => client.getOptimizationPrograms(runId === ABSENT ? runId : RUN_A),
  getOptimizationCurves: (client, runId) => client.getOptimizationCurves([runId]),
  getOptimizationMatrix: (client, runId) => client.getOptimizationMatrix(runId),
  assessRun: (client, runId) => client.assessRun(runId),
  compareRuns: (client, runId) => client.compareRuns(runId, runId),
  gateRuns: (client, runId) => client.gateRuns(runId, runId),
  editImpact: (client, runId) => client.editImpact(runId),
  blamePrompt: (client, runId) => client.blamePrompt(runId),
  regressions: (client, runId) => client.regressions(runId),
  bisectExamples: (client, runId) => client.bisectExamples(runId),
  hindsight: (client, runId) => client.hindsight(runId),
  race: (client, runId) => client.race([runId]),
  receipt: (client, runId) => client.receipt(runId),
  searchOptimizationTrail: async (client) => Object.values(await client.searchOptimizationTrail('A', 'a')).flat(),
};

/** How each function of administration is called for a project with a member and a key, in the order of the scenarios. */
export const ADMINISTRATION_CALLS: Record<
  keyof ProjectAdministration,
  (client: ProjectAdministration, projectId: string, keyId: string) => Promise<unknown>
> = {
  getProject: (client, projectId) => client.getProject(projectId),
  createProject: (client, projectId) => client.createProject({ id: projectId }),
  updateProject: (client, projectId) => client.updateProject(projectId, { name: 'renamed', metadata: { team: 'support' } }),
  listProjectMembers: (client, projectId) => client.listProjectMembers(projectId),
  setProjectMember: (client, projectId) => client.setProjectMember(projectId, 'new-member', 'editor'),
  removeProjectMember: (client, projectId) => client.removeProjectMember(projectId, 'to-be-removed'),
  createApiKey: (client, projectId) => client.createApiKey(projectId, { name: 'another' }),
  listApiKeys: (client, projectId) => client.listApiKeys(projectId),
  revokeApiKey: (client, projectId, keyId) => client.revokeApiKey(projectId, keyId),
  deleteProject: (client, projectId) => client.deleteProject(projectId),
};

/** The claims of a caller, with another project in the place of tenant A. */
export function claimsOn(caller: Caller, projectId: string): Claims {
  const claims = CALLERS[caller];
  return JSON.parse(JSON.stringify(claims).replaceAll('"A"', JSON.stringify(projectId))) as Claims;
}

export const RUN_A = '01900000-0000-7000-8000-00000000000a';
export const RUN_B = '01900000-0000-7000-8000-00000000000b';

/** The statement of each command on tenant A's rows. */
const STATEMENTS: Record<string, Record<string, string>> = {
  'public.optimization_projects': {
    select: "select from public.optimization_projects where id = 'A'",
    insert: "insert into public.optimization_projects (id, name) values ('C', 'C') returning 1",
    update: "update public.optimization_projects set name = 'taken' where id = 'A' returning 1",
    delete: "delete from public.optimization_projects where id = 'A' returning 1",
  },
  'public.optimization_project_members': {
    ...onProject('public.optimization_project_members', "role = 'owner'"),
    insert: "insert into public.optimization_project_members (project_id, user_id, role) values ('A', 'intruder', 'owner') returning 1",
  },
  'optrail.api_keys': {
    ...onProject('optrail.api_keys', 'revoked_at = now()'),
    insert:
      "insert into optrail.api_keys (project_id, name, prefix, secret_hash) values ('A', 'x', 'optrail_0000000x', decode(repeat('ff', 32), 'hex')) returning 1",
    delete: 'delete from optrail.api_keys',
  },
  'public.optimization_runs': {
    ...onProject('public.optimization_runs', "notes = 'taken'"),
    insert: "insert into public.optimization_runs (project_id, run_name, optimizer_type) values ('A', 'x', 'gepa') returning 1",
  },
  'public.optimization_iterations': {
    ...onProject('public.optimization_iterations', 'score = 1'),
    insert: `insert into public.optimization_iterations (run_id, project_id, iteration) values ('${RUN_A}', 'A', 7) returning 1`,
  },
  'public.optimization_samples': {
    ...onProject('public.optimization_samples', 'score = 1'),
    insert: `insert into public.optimization_samples (run_id, project_id, iteration, sample_index) values ('${RUN_A}', 'A', 1, 7) returning 1`,
  },
  'public.optimization_checkpoints': {
    ...onProject('public.optimization_checkpoints', "state = '1'"),
    insert: `insert into public.optimization_checkpoints (run_id, project_id, state) values ('${RUN_A}', 'A', '{}') returning 1`,
  },
  'public.optimization_programs': {
    ...onProject('public.optimization_programs', "program = '1'"),
    insert:
      "insert into public.optimization_programs (project_id, program_hash, program) values ('A', decode(repeat('22', 32), 'hex'), '1') returning 1",
    delete:
      "delete from public.optimization_programs where project_id = 'A' and program_hash = decode(repeat('11', 32), 'hex') returning 1",
  },
  'public.optimization_examples': {
    ...onProject('public.optimization_examples', "input = '1'"),
    insert: "insert into public.optimization_examples (project_id, example_hash) values ('A', decode(repeat('22', 32), 'hex')) returning 1",
    delete:
      "delete from public.optimization_examples where project_id = 'A' and example_hash = decode(repeat('11', 32), 'hex') returning 1",
  },
  'public.optimization_run_analytics': {
    select: "select from public.optimization_run_analytics where project_id = 'A'",
    refresh: 'refresh materialized view public.optimization_run_analytics',
  },
  'optrail.migrations': { update: "update optrail.migrations set name = ''" },
  'optrail.analytics_state': { update: 'update optrail.analytics_state set refreshed_at = now()' },
  'optrail.analytics_rollup': {
    update: 'update optrail.analytics_rollup set total_runs = 0',
    select: "select from optrail.analytics_rollup where project_id = 'A'",
  },
  'optrail.events': {
    select: "select from optrail.events where project_id = 'A'",
    insert: `insert into optrail.events (project_id, run_id, kind) values ('A', '${RUN_A}', 'run.changed')`,
    update: 'update optrail.events set iterations = null',
  },
  'optrail.events_pruned': { update: 'update optrail.events_pruned set only_row = true' },
  'optrail.event_listeners': {
    insert: `insert into optrail.event_listeners (id, expires_at) values ('${RUN_A}', now()) returning 1`,
    update: 'update optrail.event_listeners set expires_at = now() returning 1',
    delete: 'delete from optrail.event_listeners returning 1',
  },
  'optrail.analytics_dirty': { update: 'update optrail.analytics_dirty set counted = true' },
  'optrail.analytics_extremes_lost': { update: 'update optrail.analytics_extremes_lost set group_id = 0' },
  'public.record_optimization_iteration': {
    call: `select from public.record_optimization_iteration('{"run_id": "${RUN_A}", "project_id": "A", "iteration": 8}')`,
  },
  'public.record_optimization_samples': {
    call: `select from public.record_optimization_samples('A', '[{"run_id": "${RUN_A}", "iteration": 1, "sample_index": 8}]')`,
  },
  'public.get_optimization_run_summary': { call: `select from public.get_optimization_run_summary('${RUN_A}', 'A')` },
  'public.get_top_runs_by_score': { call: "select from public.get_top_runs_by_score('A')" },
  'public.get_optimization_analytics': { call: "select from public.get_optimization_analytics('A')" },
  'public.refresh_optimization_analytics': { call: 'select public.refresh_optimization_analytics()' },
  'optrail.refresh_analytics': { call: 'select optrail.refresh_analytics()' },
  'optrail.find_api_key': { call: "select from optrail.find_api_key(decode(repeat('aa', 32), 'hex'))" },
  'optrail.record_samples': {
    call: `select optrail.record_samples('A', '{${RUN_A}}', '{1}', null, '{9}', ${Array(17).fill('null').join(', ')})`,
  },
  'optrail.lock_runs': { call: `select optrail.lock_runs('{${RUN_A}}', 'A')` },
  'optrail.resolve_run': { call: `select where optrail.resolve_run('${RUN_A}', null) is not null` },
  'optrail.accessible_projects': { call: "select from optrail.accessible_projects() as p where p = 'A'" },
  'optrail.sweep_stale_runs': { call: 'select optrail.sweep_stale_runs()' },
  'optrail.find_rare_runs': { call: "select where optrail.find_rare_runs('A', '{rare}', null) <> '{}'" },
  'optrail.is_trusted': { call: 'select where optrail.is_trusted()' },
  'optrail.uuid_v7': { call: 'select optrail.uuid_v7()' },
  'optrail.is_score': { call: 'select optrail.is_score(1)' },
  'optrail.are_scores': { call: "select optrail.are_scores('{}')" },
  'optrail.are_tags': { call: "select optrail.are_tags('{}')" },
  'optrail.claims': { call: 'select optrail.claims()' },
  'optrail.run_status': { call: "select optrail.run_status('running', null)" },
  'optrail.check_content': { call: "select optrail.check_content('{}', '{}')" },
};

function onProject(table: string, change: string): Record<string, string> {
  return {
    select: `select from ${table} where project_id = 'A'`,
    update: `update ${table} set ${change} where project_id = 'A' returning 1`,
    delete: `delete from ${table} where project_id = 'A' returning 1`,
  };
}

/** What a command is where it needs nothing of its table but the name. */
const ANYWHERE: Record<string, (table: string) => string> = {
  select: (table) => `select from ${table}`,
  insert: (table) => `insert into ${table} default values`,
  delete: (table) => `delete from ${table}`,
  truncate: (table) => `truncate ${table}`,
};

export function statementOf({ object, command }: Scenario): string {
  const statement = STATEMENTS[object]?.[command] ?? ANYWHERE[command]?.(object);
  if (statement === undefined) throw new Error(`no statement for ${command} on ${object}`);
  return statement;
}
