import type { LaunchedProcess } from '../process/launched-process.js';

/** Redis servers of which one takes the place of a master that fails. */
export interface RedisGroup {
  /** For `REDIS_URL`. */
  readonly url: string;
  /** The process of the first master of the keys that a gateway uses. */
  readonly master: LaunchedProcess;
  stop(): Promise<void>;
}
