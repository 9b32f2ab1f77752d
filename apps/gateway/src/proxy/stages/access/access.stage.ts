import type { Problem } from '#contracts';
import { AddressRanges } from '../../../config/address-ranges.js';
import type { AccessPolicy } from '../../../policy/members/access.js';
import type { StageExchange } from '../../exchange/exchange-state.js';
import { accessDenied } from '../../exchange/problems.js';
import type { PolicyCounts, Preview, PreviewRequest, Stage } from '../../exchange/stage.js';

/** Refuses clients by their address, as trusted proxies tell it. */
export class AccessStage implements Stage {
  readonly name = 'access';
  private readonly allowed: AddressRanges | undefined;
  private readonly denied: AddressRanges;

  constructor(
    { allow, deny = [] }: AccessPolicy,
    private readonly counts: PolicyCounts,
  ) {
    this.allowed = allow && new AddressRanges(allow);
    this.denied = new AddressRanges(deny);
  }

  request(exchange: StageExchange): Problem | undefined {
    const refusal = this.refusalOf(exchange.clientAddress);
    if (refusal === undefined) {
      this.counts.allowed += 1;
      return undefined;
    }
    this.counts.refused.add(refusal);
    exchange.refusal = `access: the address is ${refusal}`;
    return denied();
  }

  preview({ clientAddress }: PreviewRequest): Preview {
    if (clientAddress === undefined)
      return { decision: 'continue', detail: 'depends on the address of the client, which is not stated' };
    const refusal = this.refusalOf(clientAddress);
    if (refusal === undefined) return { decision: 'continue', detail: `${clientAddress} may call` };
    return { decision: 'respond', detail: `${clientAddress} is ${refusal}`, reply: denied() };
  }

  private refusalOf(address: string): 'denied' | 'not allowed' | undefined {
    if (this.denied.has(address)) return 'denied';
    return this.allowed === undefined || this.allowed.has(address) ? undefined : 'not allowed';
  }
}

const denied = (): Problem => accessDenied('the client address may not call this route');
