/** What metrics ask of those who know which instances there are. Asked when metrics are read, never per request. */
export interface InstanceDirectory {
  /** Requests in flight by instance id; `undefined`: no such service now. */
  loadsOf(service: string): ReadonlyMap<string, number> | undefined;
}

/** The token under which Nest finds the {@link InstanceDirectory}. */
export const INSTANCE_DIRECTORY = Symbol('InstanceDirectory');
