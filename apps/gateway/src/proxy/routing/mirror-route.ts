import type { HeaderEdits } from '../../policy/members/header-edits.js';
import type { MirrorPolicy } from '../../policy/members/mirror.js';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.js';
import type { PathMatch } from '../../policy/route-match.js';
import { IsolatedBalancer } from '../balancing/isolated.balancer.js';
import type { RouteRewrite } from '../exchange/exchange-state.js';
import type { Route } from '../exchange/route.js';
import type { Stage } from '../exchange/stage.js';
import { PresentInternalPaths } from '../stages/internal-paths/internal-paths.js';
import { InternalPathsStage } from '../stages/internal-paths/internal-paths.stage.js';
import { CaptureStage } from '../stages/mirror/compare/capture.stage.js';
import { MirrorStage } from '../stages/mirror/mirror.stage.js';
import type { Mirrors } from '../stages/mirror/mirrors.js';
import { MirroredRequestStage } from '../stages/mirror/mirrored-request.stage.js';
import type { RouteSurroundings } from './route-surroundings.js';

/** The route whose requests are copied. */
export interface MirroredRoute {
  readonly name: string | undefined;
  readonly service: string;
  readonly pathService: string;
  readonly path: PathMatch;
  readonly policy: Policy;
  readonly rewrite: RouteRewrite | undefined;
}

/** Compiles the route of the copies. */
type Compile = (
  service: string,
  policy: Policy,
  around: RouteSurroundings,
  identity: Pick<MirroredRoute, 'pathService' | 'path'>,
) => Route;

/** Time limits of a copy: no client waits for it, so it may not hold a connection for long. */
const TIMEOUTS = { connectMs: 1_000, responseHeaderMs: 5_000, idleMs: 5_000, totalMs: 10_000 };

/** Fields that carry credentials in every service. */
const CREDENTIALS = ['authorization', 'cookie'];
const TRACE_FIELDS = ['traceparent', 'tracestate'];

/** The stages that copy the requests of a route; none if its policy has no mirror. */
export function mirrorStagesOf(
  of: MirroredRoute,
  around: RouteSurroundings,
  compile: Compile,
): readonly Stage[] {
  const { service, name = '', policy } = of;
  const { mirror } = policy;
  const { mirrors } = around;
  // The defaults of the file apply also to the service that they name.
  if (!mirror || mirror.to.service === service || !mirrors) return [];
  const tellsIdentity = mirror.to.service === undefined || mirror.credentials;
  const copies = (to: Pick<MirrorPolicy, 'to'>, tells: boolean): Route =>
    copiesOf(of, to, tells, { ...around, mirrors }, compile);
  const route = copies(mirror, tellsIdentity);
  const control = mirror.compare ? copies(OWN_SERVICE, true) : undefined;
  const stage = new MirrorStage(mirrors.of(service, name, mirror), { route, tellsIdentity, control });
  return control ? [stage, new CaptureStage()] : [stage];
}

const OWN_SERVICE = { to: { service: undefined, version: undefined } };

/** The route of the copies: one attempt, with the request as an instance of the service gets it. */
function copiesOf(
  of: MirroredRoute,
  { to }: Pick<MirrorPolicy, 'to'>,
  tellsIdentity: boolean,
  around: RouteSurroundings & { readonly mirrors: Mirrors },
  compile: Compile,
): Route {
  const { service, pathService, path, policy } = of;
  const { zone, lag, onStageError, withheldFields, mirrors } = around;
  const { rewrite, requestHeaders } = policy;
  const copied: Policy = {
    ...DEFAULT_POLICY,
    timeouts: TIMEOUTS,
    retries: { ...DEFAULT_POLICY.retries, on: [] },
    breaker: { ...DEFAULT_POLICY.breaker, failurePercent: 0 },
    concurrency: { ...DEFAULT_POLICY.concurrency, perService: 0 },
    balancing: { ...DEFAULT_POLICY.balancing, slowStartMs: 0 },
    ...(rewrite && { rewrite }),
    ...(requestHeaders && { requestHeaders: tellsIdentity ? requestHeaders : onlyRemoved(requestHeaders) }),
  };
  const withheld = (): readonly string[] => [
    ...(withheldFields?.() ?? []),
    ...(tellsIdentity ? [] : CREDENTIALS),
    // A copy is no part of the client's trace.
    ...((around.tracer ?? policy.tracing?.context === 'restart') ? TRACE_FIELDS : []),
  ];
  const surroundings = {
    zone,
    onStageError,
    withheldFields: withheld,
    stages: [
      ...receiverStages(of, to.service, around),
      new MirroredRequestStage(mirrors.mark),
      new CaptureStage(),
    ],
    ...(lag && { lag }),
  };
  const route = compile(to.service ?? service, copied, surroundings, { pathService, path });
  const accepts = to.version === undefined ? undefined : versionIs(to.version);
  return { ...route, balancer: new IsolatedBalancer(route.balancer, accepts) };
}

/** What is internal in another service need not be internal in the service itself. */
function receiverStages(
  { rewrite }: MirroredRoute,
  receiver: string | undefined,
  { availableOf = () => [], admitsInstance = () => false }: RouteSurroundings,
): readonly Stage[] {
  if (receiver === undefined) return [];
  const paths = new PresentInternalPaths(() => availableOf(receiver));
  return [new InternalPathsStage(paths, admitsInstance, rewrite)];
}

const versionIs =
  (wanted: string) =>
  ({ version }: { readonly version: string }): boolean =>
    version === wanted;

/** The values of a field may be credentials of the gateway, or name the caller. */
const onlyRemoved = ({ remove, set }: HeaderEdits): HeaderEdits => ({
  remove: [...remove, ...set.keys()].map((name) => name.toLowerCase()),
  set: new Map(),
  add: new Map(),
});
