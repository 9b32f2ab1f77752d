// Written by `npm run docs` from the OpenAPI document of the service.

export interface paths {
  '/orders': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List orders; users get their own */
    get: operations['OrdersController_list'];
    put?: never;
    /**
     * Place an order
     * @description The example has the ids of a user and of a product in stock, if the system has some: `userId` is from `GET /users` of the user service, `productId` from `GET /products` of the product service. `npm run seed` adds both.
     */
    post: operations['OrdersController_place'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/orders/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Get an order */
    get: operations['OrdersController_get'];
    /** Set the status of an order */
    put: operations['OrdersController_replace'];
    post?: never;
    /** Cancel an order and release its stock */
    delete: operations['OrdersController_cancel'];
    options?: never;
    head?: never;
    /** Change the status of an order */
    patch: operations['OrdersController_move'];
    trace?: never;
  };
  '/orders/user/{userId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the orders of a user; 404 for an unknown user without orders */
    get: operations['OrdersController_listOfUser'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    DeadLetters: {
      attempts: number;
      error: string;
      /** @description CloudEvents 1.0 in JSON */
      event: Record<string, never>;
      /** Format: date-time */
      parkedAt: string;
    }[];
    Health: {
      details: Record<string, never>;
      error: Record<string, never>;
      info: Record<string, never>;
      status: string;
    };
    ItemDto: {
      productId: string;
      quantity: number;
    };
    Order: {
      /** Format: date-time */
      createdAt: string;
      /** @example EUR */
      currency: string | null;
      /** Format: uuid */
      id: string;
      items: {
        /** @description name of the product when its stock was reserved; before, the latest known one, or null */
        name?: string | null;
        productId: string;
        quantity: number;
        /** @description in minor units; null until the order is priced */
        unitPrice: number | null;
      }[];
      /** @enum {string} */
      status: 'pending' | 'confirmed' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'rejected';
      /** @description why the order is rejected or still pending */
      statusReason: string | null;
      /** @description in minor units; null until the order is priced */
      total: number | null;
      /** Format: date-time */
      updatedAt: string;
      userId: string;
    };
    OrderDto: {
      items: components['schemas']['ItemDto'][];
      userId: string;
    };
    OrderItemDto: {
      name?: string | null;
      productId: string;
      quantity: number;
      unitPrice?: number | null;
    };
    OrderPage: {
      /** @description number of items in the whole list, if the request asks for it */
      count?: number;
      items: components['schemas']['Order'][];
      /** @description cursor of the next page; null on the last page */
      nextCursor: string | null;
    };
    OrderPatchDto: {
      /** Format: date-time */
      createdAt?: string;
      currency?: string | null;
      /** Format: uuid */
      id?: string;
      items?: components['schemas']['OrderItemDto'][];
      /** @enum {string} */
      status?: 'pending' | 'confirmed' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'rejected';
      statusReason?: string | null;
      total?: number | null;
      /** Format: date-time */
      updatedAt?: string;
      userId?: string;
    };
    OrderReplacementDto: {
      /** Format: date-time */
      createdAt?: string;
      currency?: string | null;
      /** Format: uuid */
      id?: string;
      items?: components['schemas']['OrderItemDto'][];
      /** @enum {string} */
      status: 'pending' | 'confirmed' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'rejected';
      statusReason?: string | null;
      total?: number | null;
      /** Format: date-time */
      updatedAt?: string;
      userId?: string;
    };
    Problem: {
      detail: string;
      /** @description every invalid member of the request */
      errors?: {
        detail: string;
        /** @description JSON pointer (RFC 6901) */
        pointer: string;
      }[];
      /** @description the request path */
      instance: string;
      requestId: string;
      status: number;
      title: string;
      /**
       * Format: uri
       * @description the gateway explains the last part at `/docs/problems`
       * @example urn:msa-gateway:problem:not-found
       */
      type: string;
    } & {
      [key: string]: unknown;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  OrdersController_list: {
    parameters: {
      query?: {
        /** @description adds `count` to the response: `exact` takes time in proportion to the number of items, `estimate` does not */
        count?: 'exact' | 'estimate';
        /** @description created at this time or later */
        createdFrom?: string;
        /** @description created before this time */
        createdTo?: string;
        cursor?: string;
        limit?: number;
        /** @description orders of this product */
        productId?: string;
        /** @description order of the items; `-` for descending */
        sort?: 'createdAt' | '-createdAt' | 'total' | '-total';
        /** @description orders with this status */
        status?: 'pending' | 'confirmed' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'rejected';
        /** @description orders of this user */
        userId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the next page, unless this is the last one (RFC 8288) */
          link?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "0197c0de-0000-7000-8000-000000000000",
           *           "userId": "0197c0de-0000-7000-8000-000000000001",
           *           "status": "confirmed",
           *           "statusReason": null,
           *           "items": [
           *             {
           *               "productId": "0197c0de-0000-7000-8000-000000000002",
           *               "quantity": 2,
           *               "unitPrice": 4900,
           *               "name": "Teapot"
           *             }
           *           ],
           *           "total": 9800,
           *           "currency": "EUR",
           *           "createdAt": "2026-01-01T12:00:00.000Z",
           *           "updatedAt": "2026-01-01T12:00:00.000Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['OrderPage'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  OrdersController_place: {
    parameters: {
      query?: never;
      header?: {
        /** @description a repeated key within 24 hours returns the same response and creates no second order */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "userId": "an id from GET /users",
         *       "items": [
         *         {
         *           "productId": "an id from GET /products",
         *           "quantity": 1
         *         }
         *       ]
         *     }
         */
        'application/json': components['schemas']['OrderDto'];
      };
    };
    responses: {
      /** @description Created */
      201: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "userId": "0197c0de-0000-7000-8000-000000000001",
           *       "status": "confirmed",
           *       "statusReason": null,
           *       "items": [
           *         {
           *           "productId": "0197c0de-0000-7000-8000-000000000002",
           *           "quantity": 2,
           *           "unitPrice": 4900,
           *           "name": "Teapot"
           *         }
           *       ],
           *       "total": 9800,
           *       "currency": "EUR",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-01T12:00:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Order'];
        };
      };
      /** @description accepted: another service is unavailable; the order is completed automatically later */
      202: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "userId": "0197c0de-0000-7000-8000-000000000001",
           *       "status": "confirmed",
           *       "statusReason": null,
           *       "items": [
           *         {
           *           "productId": "0197c0de-0000-7000-8000-000000000002",
           *           "quantity": 2,
           *           "unitPrice": 4900,
           *           "name": "Teapot"
           *         }
           *       ],
           *       "total": 9800,
           *       "currency": "EUR",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-01T12:00:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Order'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Payload Too Large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Unsupported Media Type */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Unprocessable Entity */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  OrdersController_get: {
    parameters: {
      query?: never;
      header?: {
        /** @description 304 when the resource still has one of these versions */
        'If-None-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /orders
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "userId": "0197c0de-0000-7000-8000-000000000001",
           *       "status": "confirmed",
           *       "statusReason": null,
           *       "items": [
           *         {
           *           "productId": "0197c0de-0000-7000-8000-000000000002",
           *           "quantity": 2,
           *           "unitPrice": 4900,
           *           "name": "Teapot"
           *         }
           *       ],
           *       "total": 9800,
           *       "currency": "EUR",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-01T12:00:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Order'];
        };
      };
      /** @description Not Modified */
      304: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  OrdersController_replace: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /orders
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "status": "paid"
         *     }
         */
        'application/json': components['schemas']['OrderReplacementDto'];
      };
    };
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "userId": "0197c0de-0000-7000-8000-000000000001",
           *       "status": "confirmed",
           *       "statusReason": null,
           *       "items": [
           *         {
           *           "productId": "0197c0de-0000-7000-8000-000000000002",
           *           "quantity": 2,
           *           "unitPrice": 4900,
           *           "name": "Teapot"
           *         }
           *       ],
           *       "total": 9800,
           *       "currency": "EUR",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-01T12:00:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Order'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Precondition Failed */
      412: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Payload Too Large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Unsupported Media Type */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  OrdersController_cancel: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /orders
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description No Content */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Precondition Failed */
      412: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  OrdersController_move: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /orders
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "status": "paid"
         *     }
         */
        'application/json': components['schemas']['OrderPatchDto'];
        /**
         * @example {
         *       "status": "paid"
         *     }
         */
        'application/merge-patch+json': components['schemas']['OrderPatchDto'];
      };
    };
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "userId": "0197c0de-0000-7000-8000-000000000001",
           *       "status": "confirmed",
           *       "statusReason": null,
           *       "items": [
           *         {
           *           "productId": "0197c0de-0000-7000-8000-000000000002",
           *           "quantity": 2,
           *           "unitPrice": 4900,
           *           "name": "Teapot"
           *         }
           *       ],
           *       "total": 9800,
           *       "currency": "EUR",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-01T12:00:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Order'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Conflict */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Precondition Failed */
      412: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Payload Too Large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Unsupported Media Type */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  OrdersController_listOfUser: {
    parameters: {
      query?: {
        /** @description adds `count` to the response: `exact` takes time in proportion to the number of items, `estimate` does not */
        count?: 'exact' | 'estimate';
        /** @description created at this time or later */
        createdFrom?: string;
        /** @description created before this time */
        createdTo?: string;
        cursor?: string;
        limit?: number;
        /** @description orders of this product */
        productId?: string;
        /** @description order of the items; `-` for descending */
        sort?: 'createdAt' | '-createdAt' | 'total' | '-total';
        /** @description orders with this status */
        status?: 'pending' | 'confirmed' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'rejected';
        /** @description orders of this user */
        userId?: string;
      };
      header?: never;
      path: {
        /** @example an id from GET /users */
        userId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the next page, unless this is the last one (RFC 8288) */
          link?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "0197c0de-0000-7000-8000-000000000000",
           *           "userId": "0197c0de-0000-7000-8000-000000000001",
           *           "status": "confirmed",
           *           "statusReason": null,
           *           "items": [
           *             {
           *               "productId": "0197c0de-0000-7000-8000-000000000002",
           *               "quantity": 2,
           *               "unitPrice": 4900,
           *               "name": "Teapot"
           *             }
           *           ],
           *           "total": 9800,
           *           "currency": "EUR",
           *           "createdAt": "2026-01-01T12:00:00.000Z",
           *           "updatedAt": "2026-01-01T12:00:00.000Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['OrderPage'];
        };
      };
      /** @description Bad Request */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Forbidden */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Not Found */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Service Unavailable */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
