/** Reasons why a choice is another than the rules', in words; apart from the schema, which tables do without. */

/** Why the rules choose another row than the kernel did, or why nothing can be said. */
export const REASONS = {
  'no-table': 'the log has no row of the task table',
  'no-victim': 'the log does not say who was killed',
  'victim-not-in-table': "the killed task's row is not in the table",
  'total-unknown':
    'tasks have an oom_score_adj, and the log does not say the memory that it is a share of',
  'rows-missing': 'rows of the table are cut, interleaved or lost',
  'allocating-task':
    'vm.oom_kill_allocating_task kills whoever asks for memory, without a look at the others',
  'group-kill':
    'memory.oom.group kills all tasks of the cgroup, and the log may name another of them first',
  'killed-before':
    'the task that the rules choose was killed by an earlier report: its memory is being freed (MMF_OOM_SKIP)',
  'shared-figures':
    'the task that the rules choose has the same figures as another: a child in vfork is never chosen',
  'root-bonus': 'before 4.17 a task with CAP_SYS_ADMIN counts 3% less; uid 0 stands for it here',
  'read-later':
    'the table is read after the choice, and counters move: the difference is within what threads move',
  'origin-task':
    'a task in swapoff or KSM is killed first (oom_task_origin), and one that is already dying ends the search',
} as const;

export type Reason = keyof typeof REASONS;
