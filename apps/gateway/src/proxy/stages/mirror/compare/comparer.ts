import { InstanceLoad, type Instance } from '../../../../discovery/index.js';
import type { Balancer } from '../../../exchange/balancer.js';
import type { StageExchange } from '../../../exchange/exchange-state.js';
import { anyOf } from '../../../exchange/field-pattern.js';
import type { Route } from '../../../exchange/route.js';
import { StageSlot } from '../../../exchange/stage.js';
import { hasResponse, type MirrorCopy } from '../mirror-queue.js';
import { MAX_RESPONSE_BYTES, type Mirror } from '../mirrors.js';
import { CAPTURED } from './capture.stage.js';
import type { Comparison } from './comparisons.js';

const READING = ['GET', 'HEAD'];
/** Requests with these fields may get a part of a response, or none. */
const CONDITIONS = anyOf('if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'range');

/**
 * Compares the responses of a mirror. A second copy goes to another instance of the version that responded: what differs
 * between the two is noise, such as times and ids.
 */
export class Comparer {
  private readonly slot = new StageSlot<Comparison>();

  /** @param control the route of the second copies */
  constructor(
    private readonly mirror: Mirror,
    private readonly control: Route,
  ) {}

  /** Begins to compare the responses to a request without a body; `undefined` if they cannot be compared. */
  begin(exchange: StageExchange): Comparison | undefined {
    if (!READING.includes(exchange.method) || exchange.hasAny(CONDITIONS)) return undefined;
    const comparison = this.mirror.comparisons.begin(this.mirror.findings);
    if (!comparison) return undefined;
    this.slot.set(exchange, comparison);
    CAPTURED.set(exchange, comparison.present);
    return comparison;
  }

  /** The response to the request is complete, or never will be. */
  complete(exchange: StageExchange): void {
    const comparison = this.slot.get(exchange);
    if (!comparison) return;
    const { instance } = exchange;
    comparison.ended(comparison.present, instance !== undefined && hasResponse(exchange));
    if (instance && !comparison.isOver) this.sendControl(exchange, instance, comparison);
  }

  private sendControl(original: StageExchange, instance: Instance, comparison: Comparison): void {
    const { queue, send } = this.mirror;
    const ended = (isComplete: boolean): void => comparison.ended(comparison.control, isComplete);
    const second: MirrorCopy = { exchange: original, reserved: 0, body: undefined };
    if (!queue.reserve(second)) {
      ended(false);
      return;
    }
    queue.add(second, {
      send: ({ exchange }, onEnd) =>
        send(exchange, {
          route: { ...this.control, balancer: otherThan(instance) },
          maxResponseBytes: MAX_RESPONSE_BYTES,
          prepare: (copy) => CAPTURED.set(copy, comparison.control),
          onEnd: (copy) => {
            ended(hasResponse(copy));
            onEnd();
          },
        }),
      dropped: () => ended(false),
    });
  }
}

/** Selects another instance of the same version, or the same one if there is no other. */
const otherThan = ({ id, version }: Instance): Balancer => ({
  name: 'control',
  pick: (available) => {
    const others = available.filter((each) => each.version === version && each.id !== id);
    const other = others[Math.floor(Math.random() * others.length)];
    const selected = other ?? available.find((each) => each.id === id);
    return selected && { ...selected, load: new InstanceLoad() };
  },
});
