/** --mm: a process as recordings and results name it. */
import { InputError, quote } from '../../errors.ts';

export interface ProcessId {
  readonly mm: number;
  /** Of a trace's processes that had this mm_id one after the other, which one; null: all of them. */
  readonly life: number | null;
}

/** "247315454", "0xebdb97e" as raw traces have it, or "247315454#2" as results show the second. */
export function processId(flag: string) {
  return (text: string): ProcessId => {
    const match = /^(0x[0-9a-f]{1,14}|\d{1,16})(?:#([1-9]\d{0,8}))?$/i.exec(text);
    const [, id, life] = match ?? [];
    const mm = Number(id);
    if (!(mm <= Number.MAX_SAFE_INTEGER)) {
      throw new InputError(
        `${flag} ${text}: ${quote(text)} is not an id such as 247315454, 0xebdb97e, or 247315454#2 for the second process that had it`,
      );
    }
    return { mm, life: life === undefined ? null : Number(life) };
  };
}

/** As processId() reads it. */
export function processWord({ mm, life }: ProcessId): string {
  return life === null ? `${mm}` : `${mm}#${life}`;
}
