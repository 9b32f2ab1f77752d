/** How a server of this process is registered; the members are those of `POST /discovery/register`. */
export interface MountOptions {
  /** The name of the service. */
  readonly name: string;
  /** Default: made of the name, this machine and the port. */
  readonly id?: string;
  /** Where other processes reach the server. Default: the address at which it listens. */
  readonly url?: string;
  readonly version?: string;
  /** Share of traffic relative to the other instances of the service, 0 to 1000. Default: 100. */
  readonly weight?: number;
  /** Path of the health check; a status below 500 passes. Default: `/health/ready`. */
  readonly healthPath?: string;
  readonly metadata?: Record<string, string>;
}

/** An instance in this process. */
export interface MountedService {
  readonly id: string;
  /** Unregisters the instance. Requests in flight finish. */
  unmount(): Promise<void>;
}
