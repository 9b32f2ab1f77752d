import { orderService } from '#apps/order-service';
import { productService } from '#apps/product-service';
import { userService } from '#apps/user-service';
import { baseSpecs, serviceSpecs } from '#service-kit';

const COMMON = Object.keys({ ...baseSpecs, ...serviceSpecs });

/** The variable of the port: the one that a service reads beside those of every service. */
function portVariableOf(app) {
  const names = new Set();
  app.readConfig(new Proxy({}, { get: (_env, name) => void names.add(name) }));
  return [...names].find((name) => !name.endsWith('_FILE') && !COMMON.includes(name));
}

/** The services: their apps, and the variables and defaults of their ports. */
export const SERVICES = [userService, orderService, productService].map((app) => ({
  app,
  portVariable: portVariableOf(app),
  defaultPort: app.readConfig({}).port,
}));
