import { LeaseRenewal } from './lease-renewal.js';

/**
 * Counts traffic as heartbeats: an instance that responds to requests is running. The request path sets one
 * field; once a second one call renews the leases of all instances that have it set.
 */
export class TrafficHeartbeats extends LeaseRenewal {
  protected override idsToRenew(): readonly string[] {
    const ids: string[] = [];
    for (const { instances } of this.table.current.entries)
      for (const { id, load } of instances) {
        if (!load.hasResponded) continue;
        load.hasResponded = false;
        ids.push(id);
      }
    return ids;
  }
}
