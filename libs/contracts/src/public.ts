/**
 * The public part of the contracts, published as `@msa-gateway/contracts`: types of the gateway's API and of its policy file, and constants. It
 * has no decorators, and therefore no dependencies. DTO classes are exported as types only.
 */
export type { Problem, ProblemDocument, ProblemDetailError } from './problem/problem.js';
export * from './discovery/instance.js';
export * from './discovery/discovery-event.js';
export type * from './discovery/registry-at.js';
export * from './discovery/internal-paths.js';
export * from './discovery/registration-rules.js';
export type { RegisterInstanceDto } from './discovery/register-instance.dto.js';
export type { BacklogDto, CallTotalDto, HeartbeatDto } from './discovery/heartbeat.dto.js';
export type { WeightDto } from './discovery/weight.dto.js';
export type { EventQueryDto, InstanceQueryDto } from './discovery/discovery-queries.dto.js';
export type * from './policy/policy-file.js';
export * from './cache/max-purge-tags.js';
export type { PurgeDto, PurgeResult } from './cache/purge.dto.js';
export type { LogLevel, LogLevelDto, LogLevelView } from './logging/log-level.dto.js';
export * from './deadline/request-timeout.js';
export type * from './events/cloud-event.js';
