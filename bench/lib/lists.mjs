import {
  filtersOf as orderFilters,
  ORDER_LIST,
} from '../../dist/apps/order-service/src/store/order-list.query.js';
import { filtersOf as productFilters } from '../../dist/apps/product-service/src/products/product-list.query.js';
import { PRODUCT_LIST } from '../../dist/apps/product-service/src/store/product.schema.js';

/** The lists that are measured. `queries` returns them by name; `sample` is one of the rows. */
export const LISTS = {
  orders: {
    service: 'order-service',
    list: ORDER_LIST,
    filtersOf: orderFilters,
    queries: (sample) => ({
      'no parameters': {},
      'sort=-createdAt': { sort: '-createdAt' },
      'sort=total': { sort: 'total' },
      'status=paid': { status: 'paid' },
      'status=paid&sort=-total': { status: 'paid', sort: '-total' },
      'userId=…&sort=-createdAt': { userId: sample.user_id, sort: '-createdAt' },
      'productId=…': { productId: JSON.parse(sample.items)[0].productId },
      'productId=…&status=paid': { productId: JSON.parse(sample.items)[0].productId, status: 'paid' },
      'count=estimate&status=paid': { status: 'paid', count: 'estimate' },
    }),
  },
  products: {
    service: 'product-service',
    list: PRODUCT_LIST,
    filtersOf: productFilters,
    queries: (sample) => ({
      'sort=name': { sort: 'name' },
      'category=…&sort=price': { category: sample.category, sort: 'price' },
      'minPrice=…&maxPrice=…': { minPrice: 20_000, maxPrice: 40_000 },
      'minPrice=…&sort=-createdAt': { minPrice: 20_000, sort: '-createdAt' },
      'q=lamp': { q: 'lamp' },
      'q=warm lamp&sort=-createdAt': { q: 'warm lamp', sort: '-createdAt' },
      'q=lamp&sort=price': { q: 'lamp', sort: 'price' },
    }),
  },
};
