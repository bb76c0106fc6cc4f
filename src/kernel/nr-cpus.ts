/** Limits of CPU and node numbers. */

/** The most CPUs the tree's table covers: order 20 (lib/percpu_counter_tree.c, per_nr_cpu_order_config). */
export const MAX_NR_CPU_IDS = 1 << 20;

export const HIGHEST_CPU_ID = MAX_NR_CPU_IDS - 1;

/** CONFIG_NODES_SHIFT of distribution kernels (arch/x86/Kconfig, MAXSMP): at most 1,024 nodes. */
export const NODES_SHIFT = 10;

export const HIGHEST_NODE_ID = (1 << NODES_SHIFT) - 1;
