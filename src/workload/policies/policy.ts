/** A migration policy: which CPU a thread's next operation runs on. */
export type Place = (thread: number) => number;
