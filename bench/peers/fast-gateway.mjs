/** fast-gateway, configured as its documentation recommends. UPSTREAM: the URL to forward to. */
import fastGateway from 'fast-gateway';

const gateway = fastGateway({ routes: [{ prefix: '/api/bench', target: process.env.UPSTREAM }] });
const server = await gateway.start(0, '127.0.0.1');
process.on('disconnect', () => process.exit());
process.send({ port: server.address().port });
