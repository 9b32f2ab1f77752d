// Must come first: the decorators below write metadata while their classes load.
import 'reflect-metadata';
export * from './problem/problem.js';
export * from './problem/common.problems.js';
export * from './validation/is-text.js';
export * from './validation/optional.js';
export * from './validation/read-only.js';
export * from './discovery/instance.js';
export * from './discovery/link-local.js';
export * from './discovery/non-unicast.js';
export * from './discovery/discovery-event.js';
export * from './discovery/internal-paths.js';
export * from './discovery/registry-at.js';
export * from './discovery/register-instance.dto.js';
export * from './discovery/heartbeat.dto.js';
export * from './discovery/discovery-queries.dto.js';
export * from './cache/purge.dto.js';
export * from './dashboard/dashboard-state.js';
export * from './deadline/request-timeout.js';
