/**
 * `npm run smoke [-- URL]`: walks a running system end to end, through its gateway alone, and says what fails. It makes
 * what it needs and takes it away again. Exit code 1 when anything failed.
 */
import './lib/node-version.mjs';
import { discovery } from './smoke/checks/discovery.mjs';
import { edge } from './smoke/checks/edge.mjs';
import { gateway } from './smoke/checks/gateway.mjs';
import { orders } from './smoke/checks/orders.mjs';
import { products } from './smoke/checks/products.mjs';
import { services } from './smoke/checks/services.mjs';
import { users } from './smoke/checks/users.mjs';
import { takeOwnCertificate } from './smoke/certificate.mjs';
import { Client } from './smoke/client.mjs';
import { Report } from './smoke/report.mjs';

const USAGE = `usage: npm run smoke [-- URL]     (default: BASE_URL, or else http://127.0.0.1:8000)
REGISTRY_TOKEN, when set, is sent with registry writes.`;
const LONGEST_RUN_MS = 120_000;

function targetOf([url = process.env.BASE_URL || 'http://127.0.0.1:8000', ...rest]) {
  if (rest.length === 0 && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url);
  console.error(USAGE);
  process.exit(2);
}

const target = targetOf(process.argv.slice(2));
const base = target.href.replace(/\/$/, '');
const report = new Report();
const started = Date.now();

setTimeout(() => {
  console.log(`\nno end after ${LONGEST_RUN_MS / 1000} s: giving up\n${report.summary}`);
  process.exit(1);
}, LONGEST_RUN_MS).unref();

console.log(`Smoke test of ${base}`);
await takeOwnCertificate(target);
const context = { client: new Client(base), report, target, token: process.env.REGISTRY_TOKEN };
for (const part of [gateway, services, discovery, users, products, orders, edge]) await part(context);

console.log(`\n${report.summary} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
process.exit(report.failed === 0 ? 0 : 1);
