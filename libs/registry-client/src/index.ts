export * from './registry.js';
export * from './http-registry.js';
export * from './registration.js';
export { urlSeenFrom } from './own-address.js';
export { Deadline } from './deadline/deadline.js';
export { TraceContext } from './trace/trace-context.js';
export { Neighbours, type NeighbourCall } from './neighbours/neighbours.js';
export type { NeighbourResponse, NeighbourMethod } from './neighbours/neighbour-transport.js';
export { NeighbourUnreachable, type UnreachableReason } from './neighbours/neighbour-unreachable.js';
