/**
 * `npm run smoke [-- URL]`: tests a running system end to end, through its gateway only, and reports failures. It creates
 * the resources that it needs, removes those that can be removed, and lists those that remain. Exit code 1 if a check failed.
 */
import './lib/node-version.mjs';
import { gatewayUrl } from './lib/gateway-url.mjs';
import { discovery } from './smoke/checks/discovery.mjs';
import { edge } from './smoke/checks/edge.mjs';
import { gateway } from './smoke/checks/gateway.mjs';
import { orders } from './smoke/checks/orders.mjs';
import { products } from './smoke/checks/products.mjs';
import { services } from './smoke/checks/services.mjs';
import { users } from './smoke/checks/users.mjs';
import { acceptOwnCertificate } from './smoke/certificate.mjs';
import { Client } from './smoke/client.mjs';
import { Report } from './smoke/report.mjs';

const USAGE = `usage: npm run smoke [-- URL]     (default: BASE_URL, else the gateway at GATEWAY_HOST and GATEWAY_PORT)
Registry writes use REGISTRY_TOKEN if it is set.`;
const LONGEST_RUN_MS = 120_000;
const RESPONSE_TIMEOUT_MS = 10_000;

function targetOf([url = process.env.BASE_URL || gatewayUrl(process.env), ...rest]) {
  if (rest.length === 0 && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url);
  console.error(USAGE);
  process.exit(2);
}

/** Ends the process with one line if there is no response: every check would fail for the same reason. */
async function requireResponse(url) {
  try {
    await fetch(url, { signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS) });
  } catch (error) {
    const reason = error.cause?.message || error.cause?.code || error.message;
    console.error(`no response from ${url} (${reason}); start the system first: npm start`);
    process.exit(1);
  }
}

const target = targetOf(process.argv.slice(2));
const base = target.href.replace(/\/$/, '');
const report = new Report();
const started = Date.now();

setTimeout(() => {
  console.log(`\nnot finished after ${LONGEST_RUN_MS / 1000} s: stopping\n${report.summary}`);
  process.exit(1);
}, LONGEST_RUN_MS).unref();

await acceptOwnCertificate(target);
await requireResponse(base);
console.log(`Smoke test of ${base}`);
const context = { client: new Client(base), report, target, token: process.env.REGISTRY_TOKEN };
for (const part of [gateway, services, discovery, users, products, orders, edge]) await part(context);

report.printRemains();
console.log(`\n${report.summary} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
process.exit(report.failed === 0 ? 0 : 1);
