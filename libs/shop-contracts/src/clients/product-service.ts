// Written by `npm run docs` from the OpenAPI document of the service.

export interface paths {
  '/products': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List products */
    get: operations['ProductsController_list'];
    put?: never;
    /** Create a product */
    post: operations['ProductsController_create'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/products/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Get a product */
    get: operations['ProductsController_get'];
    /** Replace a product; with If-Match, the stock is kept if it is still that of the ETag */
    put: operations['ProductsController_replace'];
    post?: never;
    /** Delete a product */
    delete: operations['ProductsController_remove'];
    options?: never;
    head?: never;
    /** Update a product; stockDelta is added to its stock */
    patch: operations['ProductsController_merge'];
    trace?: never;
  };
  '/products/category/{category}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the products of a category */
    get: operations['ProductsController_listCategory'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/stock-reservations/{orderId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Get the stock reservation of an order */
    get: operations['ReservationsController_get'];
    /** Reserve all items of an order, or none */
    put: operations['ReservationsController_hold'];
    post?: never;
    /** Release the stock reservation of an order, once */
    delete: operations['ReservationsController_release'];
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
    Product: components['schemas']['ProductDto'] & {
      /** Format: date-time */
      readonly createdAt: string;
      /** Format: uuid */
      readonly id: string;
      /** Format: date-time */
      readonly updatedAt: string;
    };
    ProductDto: {
      category: string;
      /** @example EUR */
      currency: string;
      description?: string | null;
      name: string;
      price: number;
      stock: number;
    };
    ProductPage: {
      /** @description number of items in the whole list, if the request asks for it */
      count?: number;
      items: components['schemas']['Product'][];
      /** @description cursor of the next page; null on the last page */
      nextCursor: string | null;
    };
    ProductPatchDto: {
      category?: string;
      /** Format: date-time */
      createdAt?: string;
      /** @example EUR */
      currency?: string;
      description?: string | null;
      /** Format: uuid */
      id?: string;
      name?: string;
      price?: number;
      stock?: number;
      stockDelta?: number;
      /** Format: date-time */
      updatedAt?: string;
    };
    ProductReplacementDto: {
      category: string;
      /** Format: date-time */
      createdAt?: string;
      /** @example EUR */
      currency: string;
      description?: string | null;
      /** Format: uuid */
      id?: string;
      name: string;
      price: number;
      stock: number;
      /** Format: date-time */
      updatedAt?: string;
    };
    Reservation: {
      items: {
        /** @example EUR */
        currency: string;
        /** @description when the stock was reserved */
        name?: string | null;
        productId: string;
        quantity: number;
        /** @description minor units */
        unitPrice: number;
      }[];
      orderId: string;
      /** @enum {string} */
      status: 'held' | 'released';
    };
    ReservationDto: {
      items: components['schemas']['ItemDto'][];
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
  ProductsController_list: {
    parameters: {
      query?: {
        /** @description products of this category */
        category?: string;
        /** @description adds `count` to the response: `exact` takes time in proportion to the number of items, `estimate` does not */
        count?: 'exact' | 'estimate';
        /** @description created at this time or later */
        createdFrom?: string;
        /** @description created before this time */
        createdTo?: string;
        /** @description products with prices in this currency */
        currency?: string;
        cursor?: string;
        limit?: number;
        /** @description highest price in minor units, of any currency */
        maxPrice?: number;
        /** @description lowest price in minor units, of any currency */
        minPrice?: number;
        /** @description words of the name, the category and the description, in any case */
        q?: string;
        /** @description order of the items; `-` for descending */
        sort?: 'createdAt' | '-createdAt' | 'price' | '-price' | 'name' | '-name';
      };
      header?: {
        /** @description 304 when the resource still has one of these versions */
        'If-None-Match'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OK */
      200: {
        headers: {
          /** @description the version of the resource */
          etag: string;
          /** @description the next page, unless this is the last one (RFC 8288) */
          link?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "name": "Teapot",
           *           "description": "Cast iron, 0.8 l",
           *           "category": "kitchen",
           *           "price": 4900,
           *           "currency": "EUR",
           *           "stock": 25,
           *           "id": "0197c0de-0000-7000-8000-000000000000",
           *           "createdAt": "2026-01-01T12:00:00.000Z",
           *           "updatedAt": "2026-01-02T09:30:00.000Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['ProductPage'];
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
  ProductsController_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Teapot",
         *       "description": "Cast iron, 0.8 l",
         *       "category": "kitchen",
         *       "price": 4900,
         *       "currency": "EUR",
         *       "stock": 25
         *     }
         */
        'application/json': components['schemas']['ProductDto'];
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
           *       "name": "Teapot",
           *       "description": "Cast iron, 0.8 l",
           *       "category": "kitchen",
           *       "price": 4900,
           *       "currency": "EUR",
           *       "stock": 25,
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Product'];
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
  ProductsController_get: {
    parameters: {
      query?: never;
      header?: {
        /** @description 304 when the resource still has one of these versions */
        'If-None-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /products
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
           *       "name": "Teapot",
           *       "description": "Cast iron, 0.8 l",
           *       "category": "kitchen",
           *       "price": 4900,
           *       "currency": "EUR",
           *       "stock": 25,
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Product'];
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
  ProductsController_replace: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /products
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Teapot",
         *       "description": "Cast iron, 0.8 l",
         *       "category": "kitchen",
         *       "price": 4900,
         *       "currency": "EUR",
         *       "stock": 25
         *     }
         */
        'application/json': components['schemas']['ProductReplacementDto'];
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
           *       "name": "Teapot",
           *       "description": "Cast iron, 0.8 l",
           *       "category": "kitchen",
           *       "price": 4900,
           *       "currency": "EUR",
           *       "stock": 25,
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Product'];
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
      /** @description Not Found */
      404: {
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
  ProductsController_remove: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /products
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
      /** @description Not Found */
      404: {
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
  ProductsController_merge: {
    parameters: {
      query?: never;
      header?: {
        /** @description 412 unless the resource has one of these versions */
        'If-Match'?: string;
      };
      path: {
        /**
         * @description an `id` from a list of these resources, or from the response that created one
         * @example an id from GET /products
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "stockDelta": 5
         *     }
         */
        'application/json': components['schemas']['ProductPatchDto'];
        /**
         * @example {
         *       "stockDelta": 5
         *     }
         */
        'application/merge-patch+json': components['schemas']['ProductPatchDto'];
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
           *       "name": "Teapot",
           *       "description": "Cast iron, 0.8 l",
           *       "category": "kitchen",
           *       "price": 4900,
           *       "currency": "EUR",
           *       "stock": 25,
           *       "id": "0197c0de-0000-7000-8000-000000000000",
           *       "createdAt": "2026-01-01T12:00:00.000Z",
           *       "updatedAt": "2026-01-02T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Product'];
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
  ProductsController_listCategory: {
    parameters: {
      query?: {
        /** @description products of this category */
        category?: string;
        /** @description adds `count` to the response: `exact` takes time in proportion to the number of items, `estimate` does not */
        count?: 'exact' | 'estimate';
        /** @description created at this time or later */
        createdFrom?: string;
        /** @description created before this time */
        createdTo?: string;
        /** @description products with prices in this currency */
        currency?: string;
        cursor?: string;
        limit?: number;
        /** @description highest price in minor units, of any currency */
        maxPrice?: number;
        /** @description lowest price in minor units, of any currency */
        minPrice?: number;
        /** @description words of the name, the category and the description, in any case */
        q?: string;
        /** @description order of the items; `-` for descending */
        sort?: 'createdAt' | '-createdAt' | 'price' | '-price' | 'name' | '-name';
      };
      header?: {
        /** @description 304 when the resource still has one of these versions */
        'If-None-Match'?: string;
      };
      path: {
        /** @example furniture */
        category: string;
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
          /** @description the next page, unless this is the last one (RFC 8288) */
          link?: string;
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "name": "Teapot",
           *           "description": "Cast iron, 0.8 l",
           *           "category": "kitchen",
           *           "price": 4900,
           *           "currency": "EUR",
           *           "stock": 25,
           *           "id": "0197c0de-0000-7000-8000-000000000000",
           *           "createdAt": "2026-01-01T12:00:00.000Z",
           *           "updatedAt": "2026-01-02T09:30:00.000Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['ProductPage'];
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
  ReservationsController_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        orderId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "orderId": "0197c0de-0000-7000-8000-000000000000",
           *       "status": "held",
           *       "items": [
           *         {
           *           "productId": "0197c0de-0000-7000-8000-000000000001",
           *           "quantity": 2,
           *           "unitPrice": 4900,
           *           "currency": "EUR",
           *           "name": "Teapot"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Reservation'];
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
  ReservationsController_hold: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        orderId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ReservationDto'];
      };
    };
    responses: {
      /** @description OK */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "orderId": "0197c0de-0000-7000-8000-000000000000",
           *       "status": "held",
           *       "items": [
           *         {
           *           "productId": "0197c0de-0000-7000-8000-000000000001",
           *           "quantity": 2,
           *           "unitPrice": 4900,
           *           "currency": "EUR",
           *           "name": "Teapot"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Reservation'];
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
  ReservationsController_release: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        orderId: string;
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
