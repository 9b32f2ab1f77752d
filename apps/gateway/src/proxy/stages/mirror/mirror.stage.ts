import type { StageExchange } from '../../exchange/exchange-state.js';
import type { Route } from '../../exchange/route.js';
import { StageSlot, type Preview, type PreviewRequest, type Stage } from '../../exchange/stage.js';
import { CAPTURED } from './compare/capture.stage.js';
import { Comparer } from './compare/comparer.js';
import type { Comparison } from './compare/comparisons.js';
import { hasResponse, type Delivery, type MirrorCopy } from './mirror-queue.js';
import { MAX_RESPONSE_BYTES, type Mirror, type MirrorResult } from './mirrors.js';

/** What a mirror sends to which instances. */
export interface MirrorRoute {
  /** The route of the copies. */
  readonly route: Route;
  /** Whether its instances receive the identity of the caller. */
  readonly tellsIdentity: boolean;
  /** The route of a second copy, to another instance of the service; `undefined`: responses are not compared. */
  readonly control: Route | undefined;
}

/** Sends copies of requests to a mirror. The request itself never waits for its copy, and never fails with it. */
export class MirrorStage implements Stage {
  readonly name = 'mirror';
  /** Copies whose body has not arrived completely. */
  private readonly slot = new StageSlot<MirrorCopy | undefined>();
  private readonly comparer: Comparer | undefined;
  private readonly plain: Delivery;

  constructor(
    private readonly mirror: Mirror,
    private readonly to: MirrorRoute,
    private readonly random: () => number = Math.random,
  ) {
    this.comparer = to.control && new Comparer(mirror, to.control);
    this.plain = this.deliveryOf(undefined);
  }

  request(exchange: StageExchange): undefined {
    const { methods, percent } = this.mirror.policy;
    if (!methods.includes(exchange.method) || exchange.isUpgrade) return;
    if (this.random() * 100 >= percent || this.mirror.mark.isOn(exchange)) return;
    this.begin(exchange);
  }

  complete(exchange: StageExchange): void {
    const copy = this.slot.get(exchange);
    if (copy) this.giveUp(copy);
    this.comparer?.complete(exchange);
  }

  preview(request: PreviewRequest): Preview {
    return {
      decision: 'continue',
      detail: this.intentionFor(request.method, this.mirror.mark.isOn(request)),
    };
  }

  private intentionFor(method: string, isCopy: boolean): string {
    const { methods, percent, to } = this.mirror.policy;
    if (!methods.includes(method))
      return `requests with this method are not copied, only ${methods.join(', ')}`;
    if (isCopy) return 'the request is a copy itself and is not copied again';
    const receiver = to.service ?? `version ${String(to.version)}`;
    return `${percent} % of the requests are copied to ${receiver}`;
  }

  private begin(exchange: StageExchange): void {
    const { policy, queue, counts } = this.mirror;
    const { hasBody, contentLength } = exchange;
    const length = contentLength === -1 ? policy.maxBody : contentLength;
    const copy: MirrorCopy = { exchange, reserved: hasBody ? length : 0, body: undefined };
    if (hasBody && (policy.maxBody === 0 || length > policy.maxBody)) counts.add('too-large');
    else if (!queue.reserve(copy)) counts.add('dropped');
    else if (hasBody) this.copyBody(copy);
    else queue.add(copy, this.deliveryFor(exchange));
  }

  private deliveryFor(exchange: StageExchange): Delivery {
    const comparison = this.comparer?.begin(exchange);
    return comparison ? this.deliveryOf(comparison) : this.plain;
  }

  private copyBody(copy: MirrorCopy): void {
    const { exchange } = copy;
    const { policy, queue, counts } = this.mirror;
    this.slot.set(exchange, copy);
    exchange.copyBody(policy.maxBody, (payload) => {
      // The request has ended, or was refused, while its body was still arriving.
      if (this.slot.get(exchange) === undefined) return;
      if (exchange.problemCode !== undefined) {
        this.giveUp(copy);
        return;
      }
      this.slot.set(exchange, undefined);
      copy.body = payload;
      if (payload) queue.add(copy, this.plain);
      else {
        queue.release(copy);
        counts.add('too-large');
      }
    });
  }

  private giveUp(copy: MirrorCopy): void {
    this.slot.set(copy.exchange, undefined);
    this.mirror.queue.release(copy);
    this.mirror.counts.add('incomplete');
  }

  private deliveryOf(comparison: Comparison | undefined): Delivery {
    const { mirror, to } = this;
    const ended = (result: MirrorResult): void => {
      mirror.counts.add(result);
      comparison?.ended(comparison.mirror, result === 'completed');
    };
    return {
      send: ({ exchange, body }, onEnd) =>
        mirror.send(exchange, {
          route: to.route,
          body,
          maxResponseBytes: MAX_RESPONSE_BYTES,
          prepare: (copy) => {
            if (!to.tellsIdentity) copy.identity = undefined;
            if (comparison) CAPTURED.set(copy, comparison.mirror);
          },
          onEnd: (copy) => {
            ended(resultOf(copy));
            onEnd();
          },
        }),
      dropped: () => ended('dropped'),
    };
  }
}

function resultOf(copy: StageExchange): MirrorResult {
  if (copy.bytesSent > MAX_RESPONSE_BYTES) return 'response-too-large';
  return hasResponse(copy) ? 'completed' : 'failed';
}
